import { readFileSync } from "node:fs";
import {
  type ClientTls,
  defaultHost,
  type EngineAddress,
  parseEngineAddress,
} from "../client/engine-address.ts";
import { EngineClient } from "../client/engine-client.ts";
import type { SshDestination } from "../client/ssh/ssh-destination.ts";
import { invalidArgument, messageOf } from "../errors/engine-error.ts";
import type { ApiVersion } from "../protocol/versions.ts";
import { defaultContext } from "./config/context-store.ts";
import { contextStore, currentContext } from "./config/current-context.ts";
import { requestHeaders } from "./config/request-headers.ts";
import type { TlsGlobals } from "./globals.ts";
import type { Session } from "./session.ts";

/** The engine a command talks to: by --host, the environment, or a context. */
export async function connect(session: Session): Promise<EngineClient> {
  const version = versionOf(session.env.DOCKER_API_VERSION);
  const client = new EngineClient(await engineAddress(session), version, await requestHeaders(session));
  // Asked while the command gets ready; who needs the answer hears of a failure.
  void client.version().catch(() => {});
  return client;
}

/** The same as a socket to connect to; for ssh that is one of our own, which leads there. */
export async function engineAddress(session: Session): Promise<EngineAddress> {
  const name = await currentContext(session);
  const { host, tls } = name === defaultContext ? hostOfCall(session) : hostOfContext(session, name);
  if (!host.startsWith("ssh://")) return parseEngineAddress(host, tls);
  const { parseSshUrl } = await import("../client/ssh/ssh-destination.ts");
  return sshAddress(parseSshUrl(host), session);
}

/** `master`: see openSshLink. */
export async function sshAddress(
  destination: SshDestination,
  session: Session,
  master?: string,
): Promise<EngineAddress> {
  const { openSshLink } = await import("../client/ssh/ssh-link.ts");
  const link = await openSshLink(destination, master);
  session.atEnd(() => link.close());
  return { address: { kind: "unix", path: link.path }, via: link };
}

/** DOCKER_API_VERSION: no negotiation, this one. */
function versionOf(text: string | undefined): ApiVersion | undefined {
  const match = /^v?(\d+)\.(\d+)$/.exec(text ?? "");
  return match ? `${Number(match[1])}.${Number(match[2])}` : undefined;
}

interface Host {
  readonly host: string;
  readonly tls: ClientTls | undefined;
}

function hostOfCall({ globals, env }: Session): Host {
  if (globals.hosts.length > 1) throw cannotResolve("Specify only one -H");
  const host = globals.hosts[0] ?? (env.DOCKER_HOST || defaultHost);
  return { host, tls: globals.tls && tlsFromFiles(globals.tls) };
}

function hostOfContext(session: Session, name: string): Host {
  const store = contextStore(session);
  let endpoint: { Host?: string; SkipTLSVerify?: boolean } | undefined;
  try {
    endpoint = store.get(name).Endpoints.docker;
  } catch (error) {
    throw cannotResolve(messageOf(error));
  }
  if (!endpoint?.Host) throw cannotResolve(`context ${JSON.stringify(name)} has no docker endpoint`);
  const files = store.tlsFiles(name).docker;
  const skip = endpoint.SkipTLSVerify === true;
  if (!files && !skip) return { host: endpoint.Host, tls: undefined };
  const text = (file: string) => (files?.[file] ? Buffer.from(files[file]).toString() : undefined);
  return { host: endpoint.Host, tls: clientTls(text("ca.pem"), text("cert.pem"), text("key.pem"), !skip) };
}

/** The authority must be there when it is to be checked; a client certificate only by name or both halves. */
function tlsFromFiles({ verify, ca, cert, key }: TlsGlobals): ClientTls {
  return clientTls(readOrFail(ca), readIfThere(cert), readIfThere(key), verify);
}

function clientTls(
  ca: string | undefined,
  cert: string | undefined,
  key: string | undefined,
  verify: boolean,
): ClientTls {
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    rejectUnauthorized: verify,
  };
}

function readOrFail(path: string): string {
  const text = readIfThere(path);
  if (text === undefined) throw cannotResolve(`open ${path}: no such file or directory`);
  return text;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw cannotResolve(messageOf(error));
  }
}

function cannotResolve(reason: string) {
  return invalidArgument(`Failed to initialize: unable to resolve docker endpoint: ${reason}`);
}
