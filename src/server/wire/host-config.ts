import { invalidArgument } from "../../errors/engine-error.ts";
import type { RequestBody } from "../../protocol/validate.ts";
import { type ApiVersion, atLeast } from "../../protocol/versions.ts";
import type { HostConfig, RestartPolicy } from "../../records/container-config.ts";
import type { ContainerDefaults } from "../container-defaults.ts";
import { mountRequest } from "./mount-request.ts";
import { resourceLimits } from "./resource-limits.ts";

type Body = NonNullable<RequestBody<"ContainerCreate">["HostConfig"]>;

/** What Docker hides from unprivileged containers unless told which paths to hide. */
const maskedPaths = [
  "/proc/asound",
  "/proc/acpi",
  "/proc/interrupts",
  "/proc/kcore",
  "/proc/keys",
  "/proc/latency_stats",
  "/proc/timer_list",
  "/proc/timer_stats",
  "/proc/sched_debug",
  "/proc/scsi",
  "/sys/firmware",
  "/sys/devices/virtual/powercap",
];

const readonlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

/** Fills every default, the engine's configuration and the habits of older API versions included. */
export function hostConfig(body: Body, defaults: ContainerDefaults, version: ApiVersion): HostConfig {
  const privileged = body.Privileged ?? false;
  const limits = resourceLimits(body);
  return {
    ...limits,
    // Twice the memory unless told otherwise.
    MemorySwap: limits.Memory > 0 && limits.MemorySwap === 0 ? limits.Memory * 2 : limits.MemorySwap,
    // Only cgroup v1 can switch the OOM killer off.
    OomKillDisable: limits.OomKillDisable ?? (defaults.cgroupVersion === "1" ? false : null),
    Binds: body.Binds ?? null,
    ContainerIDFile: body.ContainerIDFile ?? "",
    LogConfig: logConfig(body, defaults),
    NetworkMode: networkMode(body.NetworkMode),
    PortBindings: portBindings(body),
    RestartPolicy: restartPolicy(body.RestartPolicy),
    AutoRemove: body.AutoRemove ?? false,
    VolumeDriver: body.VolumeDriver ?? "",
    VolumesFrom: body.VolumesFrom ?? null,
    ...(body.Mounts && body.Mounts.length > 0 && { Mounts: body.Mounts.map(mountRequest) }),
    ConsoleSize: consoleSize(body.ConsoleSize),
    ...(body.Annotations && { Annotations: body.Annotations }),
    CapAdd: body.CapAdd ?? null,
    CapDrop: body.CapDrop ?? null,
    CgroupnsMode: cgroupnsMode(body, defaults, version),
    Dns: body.Dns ?? [],
    DnsOptions: body.DnsOptions ?? [],
    DnsSearch: body.DnsSearch ?? [],
    ExtraHosts: body.ExtraHosts ?? null,
    GroupAdd: body.GroupAdd ?? null,
    // Before 1.40 containers could share their memory unless told otherwise.
    IpcMode: body.IpcMode || (atLeast(version, "1.40") ? defaults.ipcMode : "shareable"),
    Cgroup: body.Cgroup ?? "",
    Links: body.Links ?? null,
    OomScoreAdj: body.OomScoreAdj ?? 0,
    PidMode: body.PidMode ?? "",
    Privileged: privileged,
    PublishAllPorts: body.PublishAllPorts ?? false,
    ReadonlyRootfs: body.ReadonlyRootfs ?? false,
    SecurityOpt: body.SecurityOpt ?? null,
    ...(body.StorageOpt && { StorageOpt: body.StorageOpt }),
    ...(body.Tmpfs && { Tmpfs: body.Tmpfs }),
    UTSMode: body.UTSMode ?? "",
    UsernsMode: body.UsernsMode ?? "",
    ShmSize: body.ShmSize || defaults.shmSize,
    ...(body.Sysctls && { Sysctls: body.Sysctls }),
    Runtime: body.Runtime || defaults.runtime,
    Isolation: body.Isolation ?? "",
    // An empty list is a wish of its own: `--security-opt systempaths=unconfined`.
    MaskedPaths: body.MaskedPaths ?? (privileged ? null : maskedPaths),
    ReadonlyPaths: body.ReadonlyPaths ?? (privileged ? null : readonlyPaths),
    ...(body.Init !== undefined && { Init: body.Init }),
  };
}

/** `default` is what clients say when nobody asked for a network. */
export function networkMode(mode: string | undefined): string {
  return mode === undefined || mode === "" || mode === "default" ? "bridge" : mode;
}

function logConfig(body: Body, defaults: ContainerDefaults): HostConfig["LogConfig"] {
  const type = body.LogConfig?.Type;
  const options = body.LogConfig?.Config ?? {};
  // The engine's options belong to the engine's driver.
  if (type === undefined || (type as string) === "" || type === defaults.logDriver) {
    return { Type: defaults.logDriver, Config: { ...defaults.logOptions, ...options } };
  }
  return { Type: type, Config: options };
}

function portBindings(body: Body): HostConfig["PortBindings"] {
  return Object.fromEntries(
    Object.entries(body.PortBindings ?? {}).map(([port, bindings]) => [
      port,
      (bindings ?? []).map(({ HostIp, HostPort }) => ({ HostIp: HostIp ?? "", HostPort: HostPort ?? "" })),
    ]),
  );
}

const restartPolicies: readonly RestartPolicy["Name"][] = [
  "no",
  "always",
  "unless-stopped",
  "on-failure",
  "on-unhealthy",
];

export function restartPolicy(body: Body["RestartPolicy"]): RestartPolicy {
  const wanted: string = body?.Name || "no";
  const name = restartPolicies.find((policy) => policy === wanted);
  if (name === undefined) {
    throw invalidArgument(
      `invalid restart policy: unknown policy '${wanted}'; use one of 'no', 'always', 'on-failure', 'unless-stopped', or 'on-unhealthy'`,
    );
  }
  return { Name: name, MaximumRetryCount: body?.MaximumRetryCount ?? 0 };
}

function cgroupnsMode(body: Body, defaults: ContainerDefaults, version: ApiVersion): "private" | "host" {
  const wanted: string = body.CgroupnsMode ?? "";
  if (wanted === "private" || wanted === "host") return wanted;
  if (wanted !== "") throw invalidArgument(`invalid cgroup namespace mode: ${wanted}`);
  // Privileged containers share the host's namespace on v1 only.
  if ((body.Privileged && defaults.cgroupVersion === "1") || !atLeast(version, "1.40")) return "host";
  return defaults.cgroupnsMode || (defaults.cgroupVersion === "2" ? "private" : "host");
}

function consoleSize(size: readonly number[] | undefined): readonly [number, number] {
  const [height = 0, width = 0] = size ?? [];
  if (height < 0 || width < 0) throw invalidArgument("invalid ConsoleSize: must not be negative");
  return [height, width];
}
