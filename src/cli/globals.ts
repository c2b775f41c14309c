import { homedir } from "node:os";
import { join } from "node:path";
import { invalidArgument } from "../errors/engine-error.ts";
import { booleanFlag, listFlag, optionalBooleanFlag, stringFlag } from "./flags/flag.ts";
import type { ParsedFlags } from "./flags/parse.ts";

/** What stands between `hull` and the command: Docker's global options. */
export interface Globals {
  /** Folder of config.json, contexts and certificates. */
  readonly configDirectory: string;
  readonly hosts: readonly string[];
  /** As given by `--context`; empty when it was not. */
  readonly context: string;
  readonly debug: boolean;
  readonly logLevel: string;
  readonly tls: TlsGlobals | undefined;
}

/** TLS asked for by flags or environment; it does not concern contexts, which have their own. */
export interface TlsGlobals {
  readonly verify: boolean;
  /** Paths; empty when there is no such file and nobody asked for it by name. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const logLevels = ["debug", "info", "warn", "error", "fatal"];

export function globalFlags(env: NodeJS.ProcessEnv) {
  const config = defaultConfigDirectory(env);
  const certificates = env.DOCKER_CERT_PATH || config;
  const quoted = (path: string) => ({ defaultText: JSON.stringify(path) });
  return {
    config: stringFlag("Location of client config files", quoted(config)),
    context: stringFlag(
      'Name of the context to use to connect to the daemon (overrides DOCKER_HOST env var and default context set with "docker context use")',
      { short: "c" },
    ),
    debug: booleanFlag("Enable debug mode", { short: "D" }),
    host: listFlag("Daemon socket to connect to", { short: "H" }),
    "log-level": stringFlag('Set the logging level ("debug", "info", "warn", "error", "fatal")', {
      short: "l",
      initial: "info",
    }),
    tls: optionalBooleanFlag("Use TLS; implied by --tlsverify"),
    tlscacert: stringFlag("Trust certs signed only by this CA", quoted(join(certificates, "ca.pem"))),
    tlscert: stringFlag("Path to TLS certificate file", quoted(join(certificates, "cert.pem"))),
    tlskey: stringFlag("Path to TLS key file", quoted(join(certificates, "key.pem"))),
    tlsverify: optionalBooleanFlag("Use TLS and verify the remote"),
    version: booleanFlag("Print version information and quit", { short: "v" }),
  };
}

export type GlobalFlags = ReturnType<typeof globalFlags>;

/** Flags win over the environment. */
export function globalsOf(parsed: ParsedFlags<GlobalFlags>, env: NodeJS.ProcessEnv): Globals {
  const { values } = parsed;
  if (!logLevels.includes(values["log-level"])) {
    throw invalidArgument(`Unable to parse logging level: ${values["log-level"]}`);
  }
  if (values.host.length > 0 && values.context !== "") {
    throw invalidArgument("conflicting options: cannot specify both --host and --context");
  }
  const configDirectory = values.config || defaultConfigDirectory(env);
  return {
    configDirectory,
    hosts: values.host,
    context: values.context,
    debug: values.debug,
    logLevel: values["log-level"],
    tls: tlsOf(parsed, configDirectory, env),
  };
}

/**
 * As Docker's: `--tlsverify`, even as `--tlsverify=false`, turns TLS on; without flags
 * DOCKER_TLS_VERIFY and DOCKER_TLS decide, whatever they say. Certificates lie in
 * DOCKER_CERT_PATH or beside config.json.
 */
function tlsOf(
  { values, given }: ParsedFlags<GlobalFlags>,
  configDirectory: string,
  env: NodeJS.ProcessEnv,
): TlsGlobals | undefined {
  const verify = values.tlsverify ?? Boolean(env.DOCKER_TLS_VERIFY);
  const wanted = given.has("tlsverify") || verify || (values.tls ?? Boolean(env.DOCKER_TLS));
  if (!wanted) return undefined;
  const folder = env.DOCKER_CERT_PATH || configDirectory;
  const file = (flag: "tlscacert" | "tlscert" | "tlskey", name: string) =>
    given.has(flag) ? values[flag] : join(folder, name);
  return {
    verify,
    ca: file("tlscacert", "ca.pem"),
    cert: file("tlscert", "cert.pem"),
    key: file("tlskey", "key.pem"),
  };
}

function defaultConfigDirectory(env: NodeJS.ProcessEnv): string {
  return env.DOCKER_CONFIG || join(env.HOME || homedir(), ".docker");
}
