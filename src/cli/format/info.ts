import type { ResultOf } from "../../client/engine-client.ts";
import { binarySize } from "./human-size.ts";

export type InfoAnswer = ResultOf<"SystemInfo">;

/** What `info` says of this program. */
export interface ClientInfo {
  readonly Debug: boolean;
  readonly Version: string;
  readonly DefaultAPIVersion: string;
  readonly GitCommit: string;
  readonly GoVersion: string;
  readonly Os: string;
  readonly Arch: string;
  readonly BuildTime: string;
  readonly Context: string;
  /** Of the command line, as `--format json` has them. */
  readonly Plugins: readonly Readonly<Record<string, unknown>>[];
  readonly Warnings: readonly string[] | null;
}

/** `docker info` for people, in Docker's order and indents; warnings go to standard error. */
export function formatInfo(
  client: ClientInfo,
  info: InfoAnswer | undefined,
): { out: string; warnings: readonly string[] } {
  const lines = [
    "Client:",
    ` Version:    ${client.Version}`,
    ` Context:    ${client.Context}`,
    ` Debug Mode: ${client.Debug}`,
    ...clientPluginLines(client),
    "",
    "Server:",
  ];
  if (info) lines.push(...serverLines(info, client.Debug), "");
  return {
    out: lines.map((line) => `${line}\n`).join(""),
    warnings: [...pluginWarnings(client), ...(info?.Warnings ?? [])],
  };
}

function clientPluginLines({ Plugins: plugins }: ClientInfo): string[] {
  if (plugins.length === 0) return [];
  const good = plugins.filter(({ Err }) => Err === undefined);
  const about = ({ Name, ShortDescription, Vendor, Version, Path }: Readonly<Record<string, unknown>>) => [
    `  ${Name}: ${ShortDescription ?? ""} (${Vendor})`,
    ...(Version ? [`    Version:  ${Version}`] : []),
    `    Path:     ${Path}`,
  ];
  return [" Plugins:", ...good.flatMap(about)];
}

function pluginWarnings({ Plugins: plugins }: ClientInfo): string[] {
  const bad = plugins.filter(({ Err }) => Err !== undefined);
  return bad.map(({ Path, Err }) => `WARNING: Plugin "${Path}" is not valid: ${Err}`);
}

function serverLines(info: InfoAnswer, debug: boolean): string[] {
  return [
    ` Containers: ${info.Containers}`,
    `  Running: ${info.ContainersRunning}`,
    `  Paused: ${info.ContainersPaused}`,
    `  Stopped: ${info.ContainersStopped}`,
    ` Images: ${info.Images}`,
    ...some("Server Version", info.ServerVersion),
    ...some("Storage Driver", info.Driver),
    ...(info.DriverStatus ?? []).map(([name, value]) => `  ${name}: ${value}`),
    ...some("Logging Driver", info.LoggingDriver),
    ...some("Cgroup Driver", info.CgroupDriver),
    ...some("Cgroup Version", info.CgroupVersion),
    ...pluginLines(info),
    ...list("CDI spec directories", info.CDISpecDirs),
    ...swarmLines(info),
    ...runtimeLines(info),
    ...(info.OSType === "linux" ? linuxLines(info) : []),
    ...some("Kernel Version", info.KernelVersion),
    ...some("Operating System", info.OperatingSystem),
    ...some("OSType", info.OSType),
    ...some("Architecture", info.Architecture),
    ` CPUs: ${info.NCPU}`,
    ` Total Memory: ${binarySize(info.MemTotal ?? 0)}`,
    ...some("Name", info.Name),
    ...some("ID", info.ID),
    ` Docker Root Dir: ${info.DockerRootDir}`,
    ` Debug Mode: ${info.Debug}`,
    ...(info.Debug || debug ? debugLines(info) : []),
    ...some("HTTP Proxy", info.HttpProxy),
    ...some("HTTPS Proxy", info.HttpsProxy),
    ...some("No Proxy", info.NoProxy),
    ...list("Labels", info.Labels),
    ` Experimental: ${info.ExperimentalBuild}`,
    ...registryLines(info),
    ` Live Restore Enabled: ${info.LiveRestoreEnabled}`,
    ...some("Product License", info.ProductLicense),
    ...poolLines(info),
  ];
}

function some(label: string, value: string | null | undefined): string[] {
  return value ? [` ${label}: ${value}`] : [];
}

function list(label: string, values: readonly string[] | null | undefined): string[] {
  return values?.length ? [` ${label}:`, ...values.map((value) => `  ${value}`)] : [];
}

function pluginLines({ Plugins: plugins }: InfoAnswer): string[] {
  const words = (names: readonly string[] | null | undefined) => (names ?? []).join(" ");
  return [
    " Plugins:",
    `  Volume: ${words(plugins?.Volume)}`,
    `  Network: ${words(plugins?.Network)}`,
    ...(plugins?.Authorization?.length ? [`  Authorization: ${words(plugins.Authorization)}`] : []),
    `  Log: ${words(plugins?.Log)}`,
  ];
}

function swarmLines({ Swarm: swarm }: InfoAnswer): string[] {
  const state = swarm?.LocalNodeState ?? "";
  const lines = [` Swarm: ${state}`];
  if (!swarm || state === "inactive" || state === "locked") return lines;
  lines.push(`  NodeID: ${swarm.NodeID}`);
  if (swarm.Error) lines.push(`  Error: ${swarm.Error}`);
  lines.push(`  Is Manager: ${swarm.ControlAvailable}`, `  Node Address: ${swarm.NodeAddr}`);
  return lines;
}

function runtimeLines(info: InfoAnswer): string[] {
  const names = Object.keys(info.Runtimes ?? {}).sort();
  return names.length === 0
    ? []
    : [` Runtimes: ${names.join(" ")}`, ` Default Runtime: ${info.DefaultRuntime}`];
}

function linuxLines(info: InfoAnswer): string[] {
  return [
    ` Init Binary: ${info.InitBinary}`,
    ` containerd version: ${info.ContainerdCommit?.ID ?? ""}`,
    ` runc version: ${info.RuncCommit?.ID ?? ""}`,
    ` init version: ${info.InitCommit?.ID ?? ""}`,
    ...securityLines(info.SecurityOptions ?? []),
  ];
}

/** `name=seccomp,profile=builtin`. */
function securityLines(options: readonly string[]): string[] {
  if (options.length === 0) return [];
  const lines = [" Security Options:"];
  for (const option of options) {
    const pairs = option.split(",").map((part): [string, string] => {
      const at = part.indexOf("=");
      return at < 0 ? ["name", part] : [part.slice(0, at), part.slice(at + 1)];
    });
    for (const [key, value] of pairs) {
      if (key === "name") lines.push(`  ${value}`);
      else if (key === "profile") lines.push(`   Profile: ${value}`);
    }
  }
  return lines;
}

function debugLines(info: InfoAnswer): string[] {
  return [
    `  File Descriptors: ${info.NFd}`,
    `  Goroutines: ${info.NGoroutines}`,
    `  System Time: ${info.SystemTime}`,
    `  EventsListeners: ${info.NEventsListener}`,
  ];
}

function registryLines({ RegistryConfig: registry }: InfoAnswer): string[] {
  const ranges = registry?.InsecureRegistryCIDRs ?? [];
  const hosts = Object.values(registry?.IndexConfigs ?? {});
  const insecure = hosts.flatMap((host) => (host && !host.Secure ? [host.Name ?? ""] : []));
  const lines =
    ranges.length > 0 || hosts.length > 0
      ? [" Insecure Registries:", ...[...insecure, ...ranges].map((one) => `  ${one}`)]
      : [];
  return [...lines, ...list("Registry Mirrors", registry?.Mirrors)];
}

function poolLines({ DefaultAddressPools: pools }: InfoAnswer): string[] {
  if (!pools?.length) return [];
  return [
    " Default Address Pools:",
    ...pools.map(({ Base: base, Size: size }) => `   Base: ${base}, Size: ${size}`),
  ];
}
