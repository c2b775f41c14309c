import {
  booleanFlag,
  type Flag,
  type FlagValues,
  integerFlag,
  listFlag,
  mapFlag,
  stringFlag,
} from "../cli/flags/flag.ts";
import { parseListenAddress } from "../http/listen-address.ts";
import type { LogLevel } from "../lib/log.ts";
import { notBuiltFlags } from "./engine-not-built.ts";
import {
  addressOrNetwork,
  bytes,
  cidr,
  interfaceName,
  ipAddress,
  keyValue,
  nonNegative,
  oneOf,
  pool,
  positive,
  runtime,
  searchDomain,
  ulimit,
  url,
} from "./engine-values.ts";

/** A string flag whose text is checked the moment it is read. */
function checked<T extends string>(
  help: string,
  initial: T,
  parse: (text: string) => T,
  extras: { short?: string; placeholder?: string } = {},
): Flag<T> {
  return { ...stringFlag(help, { initial, ...extras }), initial, add: (_, text) => parse(text) };
}

const logLevel = checked<LogLevel>(
  'Set the logging level ("debug"|"info"|"warn"|"error"|"fatal")',
  "info",
  oneOf(["debug", "info", "warn", "error", "fatal"], (text) => `unable to parse logging level: ${text}`),
  { short: "l" },
);

/** What `hull engine` understands: the names are dockerd's, so that habits and files carry over. */
const builtFlags = {
  "add-runtime": {
    help: "Register an additional OCI compatible runtime",
    placeholder: "name=path",
    initial: {},
    add: (current, text) => ({ ...current, ...runtime(text) }),
  } satisfies Flag<Readonly<Record<string, { path: string; args: readonly string[] }>>>,
  bip: checked("Address and prefix of the default bridge", "", cidr, { placeholder: "cidr" }),
  bridge: checked("Bridge of the default network, made when it is missing", "hull0", interfaceName, {
    short: "b",
  }),
  "cgroup-parent": stringFlag("Set parent cgroup for all containers"),
  "config-file": stringFlag("Engine configuration file", { initial: "/etc/hull/engine.json" }),
  "data-root": stringFlag("Root directory of persistent state", { initial: "/var/lib/hull" }),
  debug: booleanFlag("Enable debug mode", { short: "D" }),
  "default-address-pool": listFlag("Range that networks get their subnets from (base=CIDR,size=BITS)", {
    placeholder: "pool-options",
    parse: pool,
  }),
  "default-cgroupns-mode": checked(
    'Default mode for containers cgroup namespace ("host" | "private")',
    "host",
    oneOf(
      ["host", "private"],
      (text) => `invalid default cgroup namespace (${text}), use "host" or "private"`,
    ),
  ),
  "default-ipc-mode": checked(
    'Default mode for containers ipc ("shareable" | "private")',
    "private",
    oneOf(["private", "shareable"], (text) => `IPC mode ${text} is not supported as default`),
  ),
  "default-runtime": stringFlag(
    "Default OCI runtime for containers (chosen to suit the host when not given)",
  ),
  "default-shm-size": {
    help: "Default shm size for containers",
    placeholder: "bytes",
    defaultText: "64MiB",
    initial: 64 * 1024 * 1024,
    add: (_, text) => bytes(text),
  } satisfies Flag<number>,
  "default-ulimit": listFlag("Default ulimits for containers", { placeholder: "ulimit", parse: ulimit }),
  dns: listFlag("DNS server to use", { parse: ipAddress }),
  "dns-opt": listFlag("DNS options to use"),
  "dns-search": listFlag("DNS search domains to use", { parse: searchDomain }),
  "exec-root": stringFlag("Root directory for execution state files", { initial: "/run/hull" }),
  group: stringFlag("Group for the unix socket", { initial: "docker", short: "G" }),
  host: listFlag("Socket to listen on (unix://, tcp://, fd://)", {
    short: "H",
    parse: (text) => {
      parseListenAddress(text, false);
      return text;
    },
  }),
  "host-gateway-ip": checked(
    "IP address that 'host-gateway' in --add-host resolves to (the address of the default bridge when not given)",
    "",
    ipAddress,
    { placeholder: "ip" },
  ),
  init: booleanFlag("Run an init in the container to forward signals and reap processes"),
  "insecure-registry": listFlag("Registry that may be talked to without verified TLS", {
    parse: addressOrNetwork,
  }),
  "default-publish-ip": checked("The same as --ip", "", ipAddress, { placeholder: "ip" }),
  ip: checked("Default IP when binding container ports", "0.0.0.0", ipAddress, { placeholder: "ip" }),
  label: listFlag("Set key=value labels to the engine", { parse: keyValue }),
  "log-driver": stringFlag("Default driver for container logs", { initial: "json-file" }),
  "log-level": logLevel,
  "log-opt": mapFlag("Default log driver options for containers"),
  "max-concurrent-downloads": {
    ...integerFlag("Set the max concurrent downloads", { initial: 3 }),
    add: (_, text) => positive(text),
  } as Flag<number>,
  "max-download-attempts": {
    ...integerFlag("Set the max download attempts for each layer that makes no headway", { initial: 5 }),
    add: (_, text) => positive(text),
  } as Flag<number>,
  "max-concurrent-uploads": {
    ...integerFlag("Set the max concurrent uploads", { initial: 5 }),
    add: (_, text) => positive(text),
  } as Flag<number>,
  mtu: {
    ...integerFlag("Set the containers network MTU"),
    add: (_, text) => nonNegative(text),
  } as Flag<number>,
  "no-new-privileges": booleanFlag("Set no-new-privileges by default for new containers"),
  pidfile: stringFlag("Path to use for the engine's PID file", { initial: "/run/hull.pid", short: "p" }),
  "registry-mirror": listFlag("Preferred registry mirror", { parse: url }),
  "safe-publish": booleanFlag("Publish ports on 127.0.0.1 unless an address is given"),
  "seccomp-profile": stringFlag('Path to seccomp profile ("unconfined" for none)', { initial: "builtin" }),
  "shutdown-timeout": {
    ...integerFlag("Seconds that running work gets when the engine is told to stop", { initial: 15 }),
    add: (_, text) => nonNegative(text),
  } as Flag<number>,
  tls: booleanFlag("Use TLS; implied by --tlsverify"),
  tlscacert: stringFlag("Trust certs signed only by this CA", { initial: "/etc/hull/ca.pem" }),
  tlscert: stringFlag("Path to TLS certificate file", { initial: "/etc/hull/cert.pem" }),
  tlskey: stringFlag("Path to TLS key file", { initial: "/etc/hull/key.pem" }),
  tlsverify: booleanFlag("Use TLS and verify the remote"),
  "userland-proxy": booleanFlag("Copy published ports in a process where the kernel cannot forward them"),
  "upload-chunk-size": {
    help: "Push layers in pieces of this size (0: each in one request)",
    placeholder: "bytes",
    initial: 0,
    add: (_, text) => (text === "0" ? 0 : bytes(text)),
  } satisfies Flag<number>,
  version: booleanFlag("Print version information and quit", { short: "v" }),
} as const;

export const engineFlags = { ...notBuiltFlags, ...builtFlags };
export type EngineSettings = FlagValues<typeof builtFlags>;

/** Keys of the configuration file, by the flag they stand for; all others are named like their flag. */
export const fileKeyOfFlag: Readonly<Record<string, string>> = {
  "add-runtime": "runtimes",
  "authorization-plugin": "authorization-plugins",
  "default-address-pool": "default-address-pools",
  "default-ulimit": "default-ulimits",
  "dns-opt": "dns-opts",
  "exec-opt": "exec-opts",
  host: "hosts",
  "insecure-registry": "insecure-registries",
  label: "labels",
  "log-opt": "log-opts",
  "node-generic-resource": "node-generic-resources",
  "registry-mirror": "registry-mirrors",
  "storage-opt": "storage-opts",
};

/** Flags that make no sense inside the file. */
export const flagsOnly: ReadonlySet<string> = new Set(["config-file", "version"]);
