import type {
  ContainerConfig,
  ContainerInspectResponse,
  EndpointSettings,
  HealthConfig,
  HostConfig,
  ImageInspect,
  Mount,
  SystemInfo,
} from "../../protocol/generated/types.ts";

/** A container as somebody wished for it: only what its image and the engine's defaults do not say anyway. */
export interface Wish {
  readonly name: string;
  readonly image: string;
  readonly platform?: string;
  readonly detached: boolean;
  /** The whole entrypoint; empty: none, where the image has one. */
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly options: Options;
  readonly networks: readonly NetworkWish[];
}

export interface NetworkWish {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly ipv4: string;
  readonly ipv6: string;
  readonly linkLocal: readonly string[];
  readonly links: readonly string[];
  readonly driverOptions: Readonly<Record<string, string>>;
  readonly priority: number;
}

export interface PortWish {
  readonly ip: string;
  readonly hostPort: string;
  readonly port: string;
  readonly protocol: string;
}

export interface VolumeText {
  /** Empty for an anonymous volume. */
  readonly source: string;
  readonly target: string;
  readonly mode: string;
}

/** Absent: as it is by default. */
export interface Options {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly autoRemove?: true;
  readonly blkioWeight?: number;
  readonly blkioWeightDevice?: readonly { readonly path: string; readonly value: number }[];
  readonly capAdd?: readonly string[];
  readonly capDrop?: readonly string[];
  readonly cgroupParent?: string;
  readonly cgroupns?: string;
  readonly cpuPeriod?: number;
  readonly cpuQuota?: number;
  readonly cpuRtPeriod?: number;
  readonly cpuRtRuntime?: number;
  readonly cpuShares?: number;
  readonly cpus?: number;
  readonly cpusetCpus?: string;
  readonly cpusetMems?: string;
  readonly deviceCgroupRules?: readonly string[];
  readonly deviceReadBps?: readonly { readonly path: string; readonly value: number }[];
  readonly deviceReadIops?: readonly { readonly path: string; readonly value: number }[];
  readonly deviceWriteBps?: readonly { readonly path: string; readonly value: number }[];
  readonly deviceWriteIops?: readonly { readonly path: string; readonly value: number }[];
  readonly devices?: readonly {
    readonly host: string;
    readonly inside: string;
    readonly permissions: string;
  }[];
  readonly dns?: readonly string[];
  readonly dnsOptions?: readonly string[];
  readonly dnsSearch?: readonly string[];
  readonly domainname?: string;
  readonly env?: readonly string[];
  readonly expose?: readonly string[];
  readonly extraHosts?: readonly string[];
  readonly gpus?: readonly string[];
  readonly groupAdd?: readonly string[];
  readonly health?: HealthConfig;
  readonly hostname?: string;
  readonly init?: boolean;
  readonly interactive?: true;
  readonly ipc?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly links?: readonly string[];
  readonly logging?: { readonly driver: string; readonly options: Readonly<Record<string, string>> };
  readonly macAddress?: string;
  readonly memory?: number;
  readonly memoryReservation?: number;
  readonly memorySwap?: number;
  readonly memorySwappiness?: number;
  readonly mounts?: readonly Mount[];
  readonly networkMode?: string;
  readonly oomKillDisable?: true;
  readonly oomScoreAdj?: number;
  readonly pid?: string;
  readonly pidsLimit?: number;
  readonly ports?: readonly PortWish[];
  readonly privileged?: true;
  readonly publishAll?: true;
  readonly readOnly?: true;
  readonly restart?: string;
  readonly runtime?: string;
  readonly securityOpt?: readonly string[];
  readonly shmSize?: number;
  readonly stopSignal?: string;
  readonly stopTimeout?: number;
  readonly storageOpt?: Readonly<Record<string, string>>;
  readonly sysctls?: Readonly<Record<string, string>>;
  readonly tmpfs?: Readonly<Record<string, string>>;
  readonly tty?: true;
  readonly ulimits?: readonly { readonly name: string; readonly soft: number; readonly hard: number }[];
  readonly user?: string;
  readonly userns?: string;
  readonly uts?: string;
  readonly volumeDriver?: string;
  readonly volumes?: readonly VolumeText[];
  readonly volumesFrom?: readonly string[];
  readonly workdir?: string;
}

export type OptionName = keyof Options;

/** What is known besides the container: undefined where the image is gone. */
export interface Surroundings {
  readonly image: ImageInspect | undefined;
  readonly info: SystemInfo;
}

const defaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export function wishOf(container: ContainerInspectResponse, { image, info }: Surroundings): Wish {
  const config = container.Config ?? {};
  const host = container.HostConfig ?? {};
  const id = container.Id ?? "";
  const otherPlatform =
    image?.Architecture && info.Architecture && image.Architecture !== goArch(info.Architecture);
  return {
    name: (container.Name ?? "").replace(/^\//, ""),
    image: config.Image || (container.Image ?? ""),
    ...(otherPlatform && { platform: `linux/${image.Architecture}` }),
    detached: !config.AttachStdout && !config.AttachStderr,
    ...programOf(config, image),
    options: present({
      ...processOptions(config, host, image, id),
      ...resourceOptions(host),
      ...securityOptions(host, info),
      ...storageOptions(config, host, image),
      ...networkOptions(config, host, image),
      logging: loggingOf(host, info),
      restart: restartOf(host),
      autoRemove: host.AutoRemove || undefined,
    }),
    networks: networksOf(container, id),
  };
}

function goArch(architecture: string): string {
  return { x86_64: "amd64", aarch64: "arm64", armv7l: "arm", i686: "386" }[architecture] ?? architecture;
}

type Loose = { readonly [K in OptionName]?: Options[K] | null | undefined };

/** Without what is empty: nothing was wished. */
function present(options: Loose): Options {
  const given = Object.entries(options).filter(([, value]) => {
    if (value === undefined || value === null || value === "" || value === 0) return false;
    return typeof value !== "object" || Object.keys(value).length > 0;
  });
  return Object.fromEntries(given) as Options;
}

const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
const list = <T>(values: readonly T[] | null | undefined): readonly T[] => values ?? [];

/** Entrypoint and command, unless they are the image's. A new entrypoint drops the image's command. */
function programOf(
  config: ContainerConfig,
  image: ImageInspect | undefined,
): Pick<Wish, "entrypoint" | "command"> {
  const [entry, command] = [list(config.Entrypoint), list(config.Cmd)];
  const [imageEntry, imageCommand] = [list(image?.Config?.Entrypoint), list(image?.Config?.Cmd)];
  const newEntry = !same(entry, imageEntry) || (command.length === 0 && imageCommand.length > 0);
  if (newEntry) return { entrypoint: entry, ...(command.length > 0 && { command }) };
  return same(command, imageCommand) ? {} : { command };
}

function processOptions(
  config: ContainerConfig,
  host: HostConfig,
  image: ImageInspect | undefined,
  id: string,
): Loose {
  const from = image?.Config;
  const imageEnv = new Set(list(from?.Env));
  const hasPath = list(from?.Env).some((entry) => entry.startsWith("PATH="));
  const shares = /^(host|container:)/.test(host.NetworkMode ?? "") || host.UTSMode === "host";
  const own = (one: string | null | undefined, other: string | null | undefined) =>
    one === (other ?? "") ? "" : one;
  return {
    env: list(config.Env).filter((entry) => !imageEnv.has(entry) && (hasPath || entry !== defaultPath)),
    labels: newEntries(config.Labels, from?.Labels),
    user: own(config.User, from?.User),
    workdir: own(config.WorkingDir, from?.WorkingDir),
    hostname: shares || config.Hostname === id.slice(0, 12) ? undefined : config.Hostname,
    domainname: shares ? undefined : config.Domainname,
    tty: config.Tty || undefined,
    interactive: config.OpenStdin || undefined,
    stopSignal: own(config.StopSignal, from?.StopSignal || "SIGTERM"),
    stopTimeout: config.StopTimeout,
    health: same(config.Healthcheck, from?.Healthcheck) ? undefined : config.Healthcheck,
    init: host.Init ?? undefined,
    annotations: host.Annotations,
  } as Loose;
}

function newEntries(
  all: Readonly<Record<string, string>> | null | undefined,
  known: Readonly<Record<string, string>> | null | undefined,
): Record<string, string> {
  return Object.fromEntries(Object.entries(all ?? {}).filter(([key, value]) => known?.[key] !== value));
}

const devicePairs = (devices: HostConfig["BlkioDeviceReadBps"]) =>
  list(devices).map(({ Path: path, Rate: value }) => ({ path: path ?? "", value: value ?? 0 }));

function resourceOptions(host: HostConfig): Loose {
  const memory = host.Memory ?? 0;
  const swap = host.MemorySwap ?? 0;
  return {
    memory,
    // Twice the memory is what one gets without a word.
    memorySwap: memory > 0 && swap === 2 * memory ? 0 : swap,
    memoryReservation: host.MemoryReservation,
    memorySwappiness: (host.MemorySwappiness ?? -1) < 0 ? undefined : host.MemorySwappiness,
    cpus: (host.NanoCpus ?? 0) / 1e9,
    cpuShares: host.CpuShares,
    cpuPeriod: host.CpuPeriod,
    cpuQuota: host.CpuQuota,
    cpuRtPeriod: host.CpuRealtimePeriod,
    cpuRtRuntime: host.CpuRealtimeRuntime,
    cpusetCpus: host.CpusetCpus,
    cpusetMems: host.CpusetMems,
    pidsLimit: (host.PidsLimit ?? 0) > 0 ? host.PidsLimit : undefined,
    blkioWeight: host.BlkioWeight,
    blkioWeightDevice: list(host.BlkioWeightDevice).map(({ Path: path, Weight: value }) => ({
      path: path ?? "",
      value: value ?? 0,
    })),
    deviceReadBps: devicePairs(host.BlkioDeviceReadBps),
    deviceWriteBps: devicePairs(host.BlkioDeviceWriteBps),
    deviceReadIops: devicePairs(host.BlkioDeviceReadIOps),
    deviceWriteIops: devicePairs(host.BlkioDeviceWriteIOps),
    ulimits: list(host.Ulimits).map(({ Name: name, Soft: soft, Hard: hard }) => ({
      name: name ?? "",
      soft: soft ?? 0,
      hard: hard ?? 0,
    })),
    oomKillDisable: host.OomKillDisable || undefined,
    oomScoreAdj: host.OomScoreAdj,
    shmSize: host.ShmSize === 64 << 20 || host.IpcMode?.startsWith("container:") ? undefined : host.ShmSize,
    cgroupParent: host.CgroupParent,
  } as Loose;
}

function securityOptions(host: HostConfig, info: SystemInfo): Loose {
  const usualCgroupns = info.CgroupVersion === "2" && !host.Privileged ? "private" : "host";
  const open = host.MaskedPaths?.length === 0 && host.ReadonlyPaths?.length === 0 && !host.Privileged;
  const options = list(host.SecurityOpt).filter((text) => !(host.Privileged && text === "label=disable"));
  return {
    privileged: host.Privileged || undefined,
    capAdd: host.CapAdd,
    capDrop: host.CapDrop,
    securityOpt: [...options, ...(open ? ["systempaths=unconfined"] : [])],
    readOnly: host.ReadonlyRootfs || undefined,
    sysctls: host.Sysctls,
    groupAdd: host.GroupAdd,
    devices: list(host.Devices).map(
      ({ PathOnHost: from, PathInContainer: to, CgroupPermissions: permissions }) => ({
        host: from ?? "",
        inside: to ?? "",
        permissions: permissions ?? "",
      }),
    ),
    deviceCgroupRules: host.DeviceCgroupRules,
    gpus: list(host.DeviceRequests).map(gpuText),
    ipc: host.IpcMode === "private" ? "" : host.IpcMode,
    pid: host.PidMode,
    uts: host.UTSMode,
    userns: host.UsernsMode,
    cgroupns: !host.CgroupnsMode || host.CgroupnsMode === usualCgroupns ? "" : host.CgroupnsMode,
    runtime: host.Runtime === info.DefaultRuntime ? "" : host.Runtime,
  } as Loose;
}

/** In the words of `--gpus`. */
function gpuText(request: NonNullable<HostConfig["DeviceRequests"]>[number]): string {
  const words = [
    ...(request.DeviceIDs?.length ? [`"device=${request.DeviceIDs.join(",")}"`] : []),
    ...(request.Count ? [request.Count === -1 ? "all" : `count=${request.Count}`] : []),
    ...(request.Driver ? [`driver=${request.Driver}`] : []),
  ];
  return words.join(",") || "all";
}

function storageOptions(config: ContainerConfig, host: HostConfig, image: ImageInspect | undefined): Loose {
  const binds = list(host.Binds).map((text): VolumeText => {
    const [source = "", target, ...mode] = text.split(":");
    return target === undefined
      ? { source: "", target: source, mode: "" }
      : { source, target, mode: mode.join(":") };
  });
  const bound = new Set([
    ...binds.map(({ target }) => target),
    ...list(host.Mounts).map((mount) => mount.Target ?? ""),
  ]);
  const anonymous = Object.keys(config.Volumes ?? {})
    .filter((target) => !(target in (image?.Config?.Volumes ?? {})) && !bound.has(target))
    .map((target): VolumeText => ({ source: "", target, mode: "" }));
  return {
    volumes: [...binds, ...anonymous],
    mounts: host.Mounts,
    tmpfs: host.Tmpfs,
    volumesFrom: host.VolumesFrom,
    volumeDriver: host.VolumeDriver,
    storageOpt: host.StorageOpt,
  } as Loose;
}

function networkOptions(config: ContainerConfig, host: HostConfig, image: ImageInspect | undefined): Loose {
  const ports = Object.entries(host.PortBindings ?? {}).flatMap(([key, bindings]) => {
    const [port = "", protocol = "tcp"] = key.split("/");
    return list(bindings).map(
      (one): PortWish => ({
        ip: one.HostIp ?? "",
        hostPort: one.HostPort === "0" ? "" : (one.HostPort ?? ""),
        port,
        protocol,
      }),
    );
  });
  const known = new Set([
    ...Object.keys(image?.Config?.ExposedPorts ?? {}),
    ...Object.keys(host.PortBindings ?? {}),
  ]);
  const mode = host.NetworkMode ?? "";
  return {
    ports,
    publishAll: host.PublishAllPorts || undefined,
    expose: Object.keys(config.ExposedPorts ?? {}).filter((port) => !known.has(port)),
    networkMode: isOwnNetwork(mode) ? "" : mode,
    dns: host.Dns,
    dnsOptions: host.DnsOptions,
    dnsSearch: host.DnsSearch,
    extraHosts: host.ExtraHosts,
    links: list(host.Links).map(linkText),
    macAddress: config.MacAddress,
  } as Loose;
}

/** `/db:/web/database` is `db:database`. */
function linkText(text: string): string {
  const [from = "", to = ""] = text.split(":");
  const alias = to.split("/").at(-1) ?? "";
  const name = from.replace(/^\//, "");
  return alias === "" || alias === name ? name : `${name}:${alias}`;
}

/** A network by its name, as against what is no network or somebody else's. */
function isOwnNetwork(mode: string): boolean {
  return mode !== "host" && mode !== "none" && !mode.startsWith("container:");
}

const bridge = ["", "default", "bridge"];

/** The network it was made with first; the default bridge only when there are others. */
function networksOf(
  { HostConfig: host, NetworkSettings: settings }: ContainerInspectResponse,
  id: string,
): NetworkWish[] {
  const mode = host?.NetworkMode ?? "";
  if (!isOwnNetwork(mode)) return [];
  const all = Object.entries(settings?.Networks ?? {});
  const first = bridge.includes(mode) ? "bridge" : mode;
  const sorted = all.sort(([a, one], [b, other]) => rank(a, one) - rank(b, other));
  function rank(name: string, { NetworkID: network }: EndpointSettings): number {
    return name === first || network === first ? 0 : 1;
  }
  const wishes = sorted.map(
    ([name, endpoint]): NetworkWish => ({
      name,
      aliases: list(endpoint.Aliases).filter((alias) => alias !== id.slice(0, 12)),
      ipv4: endpoint.IPAMConfig?.IPv4Address ?? "",
      ipv6: endpoint.IPAMConfig?.IPv6Address ?? "",
      linkLocal: list(endpoint.IPAMConfig?.LinkLocalIPs),
      links: list(endpoint.Links).map(linkText),
      driverOptions: endpoint.DriverOpts ?? {},
      priority: endpoint.GwPriority ?? 0,
    }),
  );
  const [only] = wishes;
  return wishes.length === 1 && only && isPlainBridge(only) ? [] : wishes;
}

function isPlainBridge({
  name,
  aliases,
  ipv4,
  ipv6,
  linkLocal,
  links,
  driverOptions,
  priority,
}: NetworkWish): boolean {
  const extras = [...aliases, ...linkLocal, ...links, ...Object.keys(driverOptions)];
  return bridge.includes(name) && extras.length === 0 && ipv4 === "" && ipv6 === "" && priority === 0;
}

function loggingOf({ LogConfig: log }: HostConfig, info: SystemInfo): Options["logging"] {
  const driver = log?.Type ?? "";
  const options = log?.Config ?? {};
  if (driver === "" || (driver === info.LoggingDriver && Object.keys(options).length === 0)) return undefined;
  return { driver, options };
}

function restartOf({ RestartPolicy: policy }: HostConfig): string {
  const name = policy?.Name ?? "";
  if (name === "" || name === "no") return "";
  const most = policy?.MaximumRetryCount ?? 0;
  return name === "on-failure" && most > 0 ? `on-failure:${most}` : name;
}
