import { readFileSync } from "node:fs";
import { invalidArgument } from "../../../errors/engine-error.ts";
import type { ContextEndpoint, ContextMeta, TlsFiles } from "../../config/context-store.ts";
import { defaultContext } from "../../config/context-store.ts";
import { contextStore, defaultContextMeta } from "../../config/current-context.ts";
import { type Flag, mapFlag } from "../../flags/flag.ts";
import type { Session } from "../../session.ts";

/** `--docker key=value,key=value`, of create and update. */
export const endpointFlag = (): Flag<Readonly<Record<string, string>> | undefined> => ({
  ...mapFlag("set the docker endpoint"),
  placeholder: "stringToString",
  defaultText: "[]",
  initial: undefined,
  add: (current, text) => ({
    ...current,
    ...Object.fromEntries(
      text.split(",").map((pair) => {
        const at = pair.indexOf("=");
        if (at < 0) throw invalidArgument(`${pair} must be formatted as key=value`);
        return [pair.slice(0, at), pair.slice(at + 1)];
      }),
    ),
  }),
});

export const endpointHelp = (verb: string) => `Docker endpoint config:

NAME                DESCRIPTION
from                Copy named context's Docker endpoint configuration
host                Docker endpoint on which to connect
ca                  Trust certs signed only by this CA
cert                Path to TLS certificate file
key                 Path to TLS key file
skip-tls-verify     Skip TLS certificate validation

Example:

$ hull context ${verb} my-context --description "some description" --docker "host=tcp://myserver:2376,ca=~/ca-file,cert=~/cert-file,key=~/key-file"`;

export interface Endpoint {
  readonly endpoint: ContextEndpoint;
  readonly tls: TlsFiles | undefined;
}

const known = new Set(["from", "host", "ca", "cert", "key", "skip-tls-verify"]);

/** The endpoint these options describe, certificates read. Throws the docker program's sentences. */
export function endpointOf(
  options: Readonly<Record<string, string>>,
  session: Session,
  what: string,
): Endpoint {
  const wrong = (why: string) => invalidArgument(`unable to ${what} docker endpoint config: ${why}`);
  const strange = Object.keys(options).find((key) => !known.has(key));
  if (strange !== undefined) throw wrong(`unrecognized config key: ${strange}`);
  if (options.from !== undefined) return endpointOfContext(options.from, session);
  const tls: Record<string, Uint8Array> = {};
  for (const [key, file] of [
    ["ca", "ca.pem"],
    ["cert", "cert.pem"],
    ["key", "key.pem"],
  ] as const) {
    const path = options[key];
    if (path) tls[file] = read(path, wrong);
  }
  const skip = options["skip-tls-verify"];
  if (skip !== undefined && !/^(1|t|true|0|f|false)?$/i.test(skip)) {
    throw wrong(`strconv.ParseBool: parsing ${JSON.stringify(skip)}: invalid syntax`);
  }
  checkHost(options.host ?? "", wrong);
  return {
    endpoint: {
      ...(options.host ? { Host: options.host } : {}),
      SkipTLSVerify: /^(1|t|true)$/i.test(skip ?? ""),
    },
    tls: Object.keys(tls).length > 0 ? tls : undefined,
  };
}

function endpointOfContext(name: string, session: Session): Endpoint {
  if (name === defaultContext) {
    const { docker = {} } = defaultContextMeta(session).Endpoints;
    return { endpoint: docker, tls: undefined };
  }
  const store = contextStore(session);
  const meta: ContextMeta = store.get(name);
  return { endpoint: meta.Endpoints.docker ?? {}, tls: store.tlsFiles(name).docker };
}

function checkHost(host: string, wrong: (why: string) => Error): void {
  if (host === "" || /^(unix|tcp|ssh|npipe|fd|http|https):\/\//.test(host)) return;
  throw wrong(`unable to apply docker endpoint options: unable to parse docker host \`${host}\``);
}

function read(path: string, wrong: (why: string) => Error): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    throw wrong(`open ${path}: ${missing ? "no such file or directory" : String(error)}`);
  }
}
