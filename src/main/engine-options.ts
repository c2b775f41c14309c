import type { FlagValues } from "../cli/flags/flag.ts";
import type { ParsedFlags } from "../cli/flags/parse.ts";
import { EngineError, invalidArgument } from "../errors/engine-error.ts";
import { type ListenAddress, parseListenAddress } from "../http/listen-address.ts";
import type { TlsFlags } from "../http/tls-files.ts";
import type { LogLevel } from "../lib/log.ts";
import type { Ulimit } from "../records/container-config.ts";
import { type ConfigFile, checkConflicts, noConfigFile, readSettings } from "./engine-config-file.ts";
import type { EngineSettings, engineFlags } from "./engine-settings.ts";
import type { AddressPool, RuntimePath } from "./engine-values.ts";

/** Everything the engine can be told from outside, checked, in one place, never changed in place. */
export interface EngineOptions {
  readonly configFile: string;
  readonly hosts: readonly ListenAddress[];
  /** Group that owns unix sockets; when it is the default one it may be missing. */
  readonly group: string;
  readonly tls: TlsFlags | undefined;
  readonly dataRoot: string;
  readonly execRoot: string;
  readonly pidFile: string;
  readonly logLevel: LogLevel;
  readonly labels: readonly string[];
  /** Seconds that background work gets to end when the engine is told to stop. */
  readonly shutdownTimeout: number;

  readonly bridge: string;
  /** Address and prefix of the default bridge, for example 172.30.0.1/16; absent: from the pools. */
  readonly bip: string | undefined;
  readonly mtu: number;
  readonly addressPools: readonly AddressPool[];
  readonly dns: readonly string[];
  readonly dnsOptions: readonly string[];
  readonly dnsSearch: readonly string[];
  /** Host address of published ports that name none. */
  readonly publishIp: string;
  /** Ports the kernel cannot forward may be copied by a process. */
  readonly userlandProxy: boolean;
  readonly hostGatewayIp: string | undefined;

  readonly runtimes: Readonly<Record<string, RuntimePath>>;
  /** Empty: the engine chooses what suits the host. */
  readonly defaultRuntime: string;
  readonly init: boolean;
  readonly logDriver: string;
  readonly logOptions: Readonly<Record<string, string>>;
  readonly cgroupParent: string;
  readonly cgroupnsMode: "host" | "private" | "";
  readonly ipcMode: "private" | "shareable";
  readonly shmSize: number;
  readonly ulimits: readonly Ulimit[];
  readonly noNewPrivileges: boolean;
  /** A profile file, `unconfined`, or empty for the built-in profile. */
  readonly seccompProfile: string;

  readonly insecureRegistries: readonly string[];
  readonly registryMirrors: readonly string[];
  readonly maxConcurrentDownloads: number;
  readonly maxDownloadAttempts: number;
  readonly maxConcurrentUploads: number;
  readonly uploadChunkSize: number;
  /** Things worth a line in the log that did not stop the start. */
  readonly warnings: readonly string[];
}

/** What the command line said, kept for reading the configuration file again. */
export interface CommandLine {
  readonly configFile: string;
  /** The file was named, so it must be there. */
  readonly configFileGiven: boolean;
  readonly given: ReadonlySet<string>;
  readonly values: FlagValues<typeof engineFlags>;
}

export function commandLineOf(parsed: ParsedFlags<typeof engineFlags>): CommandLine {
  return {
    configFile: parsed.values["config-file"],
    configFileGiven: parsed.given.has("config-file"),
    given: parsed.given,
    values: parsed.values,
  };
}

/**
 * Command line and configuration file together. `read` gives the text of the file, or
 * undefined when it does not exist; the caller passes it so that this stays pure.
 */
export function engineOptions(line: CommandLine, read: (path: string) => string | undefined): EngineOptions {
  const file = loadConfigFile(line, read);
  const settings = { ...line.values } as Record<string, unknown>;
  for (const [flag, value] of Object.entries(file.settings)) settings[flag] = value;
  const given = new Set([...line.given, ...Object.keys(file.settings)]);
  return decide(settings as unknown as EngineSettings, given, line.configFile);
}

export function loadConfigFile(line: CommandLine, read: (path: string) => string | undefined): ConfigFile {
  const text = read(line.configFile);
  if (text === undefined) {
    if (!line.configFileGiven) return noConfigFile;
    throw wrongFile(line.configFile, new EngineError("not_found", "no such file"));
  }
  try {
    const file = readSettings(text);
    checkConflicts(line.given, line.values, file);
    return file;
  } catch (error) {
    throw wrongFile(line.configFile, error);
  }
}

function wrongFile(path: string, error: unknown): EngineError {
  const reason = error instanceof Error ? error.message : String(error);
  return invalidArgument(`unable to configure the engine with file ${path}: ${reason}`, error);
}

function decide(settings: EngineSettings, given: ReadonlySet<string>, configFile: string): EngineOptions {
  const warnings: string[] = [];
  const tls = decideTls(settings);
  const hostTexts = settings.host.length > 0 ? settings.host : [`unix:///run/hull.sock`];
  const hosts = hostTexts.map((text) => parseListenAddress(text, tls !== undefined));
  for (const host of hosts) {
    if (host.kind === "tcp" && tls?.verify !== true && !isLoopback(host)) {
      warnings.push(
        `the API listens on ${host.host}:${host.port} and clients need no certificate: whoever reaches it is root on this machine (use --tlsverify)`,
      );
    }
  }
  const runtimes = settings["add-runtime"];
  const defaultRuntime = settings["default-runtime"];
  const known = ["", "runc", "crun", ...Object.keys(runtimes)];
  if (!known.includes(defaultRuntime)) {
    throw invalidArgument(`specified default runtime '${defaultRuntime}' does not exist`);
  }
  return Object.freeze({
    configFile,
    hosts: Object.freeze(hosts),
    group: settings.group,
    tls,
    dataRoot: absolute("data-root", settings["data-root"]),
    execRoot: absolute("exec-root", settings["exec-root"]),
    pidFile: settings.pidfile === "" ? "" : absolute("pidfile", settings.pidfile),
    logLevel: settings.debug ? "debug" : settings["log-level"],
    labels: settings.label,
    shutdownTimeout: settings["shutdown-timeout"],
    bridge: settings.bridge,
    bip: settings.bip === "" ? undefined : settings.bip,
    mtu: settings.mtu,
    addressPools: settings["default-address-pool"],
    dns: settings.dns,
    dnsOptions: settings["dns-opt"],
    dnsSearch: settings["dns-search"],
    publishIp: decidePublishIp(settings, given),
    userlandProxy: settings["userland-proxy"],
    hostGatewayIp: settings["host-gateway-ip"] === "" ? undefined : settings["host-gateway-ip"],
    runtimes,
    defaultRuntime,
    init: settings.init,
    logDriver: settings["log-driver"],
    logOptions: checkedLogOptions(settings["log-driver"], settings["log-opt"]),
    cgroupParent: settings["cgroup-parent"],
    cgroupnsMode: given.has("default-cgroupns-mode") ? settings["default-cgroupns-mode"] : "",
    ipcMode: settings["default-ipc-mode"],
    shmSize: settings["default-shm-size"],
    ulimits: settings["default-ulimit"],
    noNewPrivileges: settings["no-new-privileges"],
    seccompProfile: settings["seccomp-profile"] === "builtin" ? "" : settings["seccomp-profile"],
    insecureRegistries: settings["insecure-registry"],
    registryMirrors: settings["registry-mirror"],
    maxConcurrentDownloads: settings["max-concurrent-downloads"],
    maxDownloadAttempts: settings["max-download-attempts"],
    maxConcurrentUploads: settings["max-concurrent-uploads"],
    uploadChunkSize: settings["upload-chunk-size"],
    warnings: Object.freeze(warnings),
  });
}

/** `--safe-publish` is a word for 127.0.0.1; an address that was named as well is a contradiction. */
function decidePublishIp(settings: EngineSettings, given: ReadonlySet<string>): string {
  const named = ["ip", "default-publish-ip", "safe-publish"].filter((name) => given.has(name));
  const values = new Set([
    ...(given.has("ip") ? [settings.ip] : []),
    ...(given.has("default-publish-ip") ? [settings["default-publish-ip"]] : []),
    ...(settings["safe-publish"] ? ["127.0.0.1"] : []),
  ]);
  if (values.size > 1) {
    throw invalidArgument(
      `conflicting options: ${named.map((name) => `--${name}`).join(" and ")} name different addresses for published ports`,
    );
  }
  return [...values][0] ?? settings.ip;
}

function decideTls(settings: EngineSettings): TlsFlags | undefined {
  if (!settings.tls && !settings.tlsverify) return undefined;
  return Object.freeze({
    verify: settings.tlsverify,
    caFile: settings.tlscacert,
    certFile: settings.tlscert,
    keyFile: settings.tlskey,
  });
}

/** Loopback only: an address that other machines cannot reach. */
function isLoopback(address: ListenAddress): boolean {
  return address.kind !== "tcp" || /^(127\.|::1$|localhost$)/.test(address.host);
}

function absolute(name: string, path: string): string {
  if (!path.startsWith("/")) {
    throw invalidArgument(`--${name} must be an absolute path, but it is ${JSON.stringify(path)}`);
  }
  return path.length > 1 ? path.replace(/\/+$/, "") : path;
}

const logOptionNames: Readonly<Record<string, readonly string[]>> = {
  "json-file": ["max-file", "max-size", "compress", "labels", "labels-regex", "env", "env-regex", "tag"],
  local: ["max-file", "max-size", "compress"],
  none: [],
};

function checkedLogOptions(driver: string, options: Readonly<Record<string, string>>) {
  const names = logOptionNames[driver];
  if (!names) throw invalidArgument(`logger: no log driver named '${driver}' is registered`);
  for (const name of Object.keys(options)) {
    if (!names.includes(name)) throw invalidArgument(`unknown log opt '${name}' for ${driver} log driver`);
  }
  return options;
}
