import type { HealthConfig, Mount } from "../../protocol/generated/types.ts";
import { bytesText, csvField, durationText, shellWord } from "./amounts.ts";
import type { NetworkWish, OptionName, Options, PortWish, VolumeText, Wish } from "./wish.ts";

/** The flags of one option. */
export interface OptionWords {
  readonly option: OptionName | "networks" | "entrypoint" | "platform";
  /** One flag with its value each. */
  readonly flags: readonly (readonly string[])[];
}

type Words = readonly (readonly string[])[];

const one =
  (flag: string) =>
  (value: string | number): Words => [[flag, String(value)]];
const each =
  (flag: string) =>
  (values: readonly string[]): Words =>
    values.map((value) => [flag, value]);
const pairs =
  (flag: string) =>
  (values: Readonly<Record<string, string>>): Words =>
    Object.entries(values).map(([key, value]) => [flag, value === "" ? key : `${key}=${value}`]);
const labelled =
  (flag: string) =>
  (values: Readonly<Record<string, string>>): Words =>
    Object.entries(values).map(([key, value]) => [flag, `${key}=${value}`]);
const alone = (flag: string) => (): Words => [[flag]];
const bytes = (flag: string) => (value: number) => one(flag)(bytesText(value));
const rates =
  (flag: string) =>
  (values: readonly { readonly path: string; readonly value: number }[]): Words =>
    values.map(({ path, value }) => [flag, `${path}:${value}`]);

type Printers = { readonly [K in OptionName]-?: (value: NonNullable<Options[K]>) => Words };

/** In the order people expect: what it is called, how it talks, what it may use. */
const printers: Printers = {
  interactive: alone("-i"),
  tty: alone("-t"),
  autoRemove: alone("--rm"),
  restart: one("--restart"),
  init: (value) => [[value ? "--init" : "--init=false"]],
  hostname: one("--hostname"),
  domainname: one("--domainname"),
  user: one("--user"),
  groupAdd: each("--group-add"),
  workdir: one("--workdir"),
  env: each("--env"),
  labels: labelled("--label"),
  annotations: labelled("--annotation"),
  ports: (ports) => ports.map((port) => ["--publish", portText(port)]),
  publishAll: alone("--publish-all"),
  expose: (ports) => ports.map((port) => ["--expose", port.replace(/\/tcp$/, "")]),
  networkMode: one("--network"),
  macAddress: one("--mac-address"),
  links: each("--link"),
  dns: each("--dns"),
  dnsOptions: each("--dns-option"),
  dnsSearch: each("--dns-search"),
  extraHosts: each("--add-host"),
  volumes: (volumes) => volumes.map((volume) => ["--volume", volumeText(volume)]),
  mounts: (mounts) => mounts.map((mount) => ["--mount", mountText(mount)]),
  tmpfs: (all) =>
    Object.entries(all).map(([path, options]) => ["--tmpfs", options ? `${path}:${options}` : path]),
  volumesFrom: each("--volumes-from"),
  volumeDriver: one("--volume-driver"),
  storageOpt: labelled("--storage-opt"),
  readOnly: alone("--read-only"),
  shmSize: bytes("--shm-size"),
  memory: bytes("--memory"),
  memorySwap: bytes("--memory-swap"),
  memoryReservation: bytes("--memory-reservation"),
  memorySwappiness: one("--memory-swappiness"),
  cpus: one("--cpus"),
  cpuShares: one("--cpu-shares"),
  cpuPeriod: one("--cpu-period"),
  cpuQuota: one("--cpu-quota"),
  cpuRtPeriod: one("--cpu-rt-period"),
  cpuRtRuntime: one("--cpu-rt-runtime"),
  cpusetCpus: one("--cpuset-cpus"),
  cpusetMems: one("--cpuset-mems"),
  pidsLimit: one("--pids-limit"),
  blkioWeight: one("--blkio-weight"),
  blkioWeightDevice: rates("--blkio-weight-device"),
  deviceReadBps: rates("--device-read-bps"),
  deviceWriteBps: rates("--device-write-bps"),
  deviceReadIops: rates("--device-read-iops"),
  deviceWriteIops: rates("--device-write-iops"),
  ulimits: (all) => all.map(({ name, soft, hard }) => ["--ulimit", `${name}=${soft}:${hard}`]),
  oomKillDisable: alone("--oom-kill-disable"),
  oomScoreAdj: one("--oom-score-adj"),
  cgroupParent: one("--cgroup-parent"),
  cgroupns: one("--cgroupns"),
  privileged: alone("--privileged"),
  capAdd: each("--cap-add"),
  capDrop: each("--cap-drop"),
  securityOpt: each("--security-opt"),
  sysctls: labelled("--sysctl"),
  devices: (devices) => devices.map((device) => ["--device", deviceText(device)]),
  deviceCgroupRules: each("--device-cgroup-rule"),
  gpus: each("--gpus"),
  ipc: one("--ipc"),
  pid: one("--pid"),
  uts: one("--uts"),
  userns: one("--userns"),
  runtime: one("--runtime"),
  logging: ({ driver, options }) => [["--log-driver", driver], ...pairs("--log-opt")(options)],
  health: healthWords,
  stopSignal: one("--stop-signal"),
  stopTimeout: one("--stop-timeout"),
};

/** Every option of a wish in the words of `run`. */
export function runWords(wish: Wish): OptionWords[] {
  const words: OptionWords[] = [];
  if (wish.platform !== undefined) words.push({ option: "platform", flags: [["--platform", wish.platform]] });
  for (const option of Object.keys(printers) as OptionName[]) {
    const value = wish.options[option];
    if (value === undefined) continue;
    const print = printers[option] as (given: typeof value) => Words;
    words.push({ option, flags: print(value) });
  }
  if (wish.networks.length > 0) words.push({ option: "networks", flags: networkWords(wish.networks) });
  const [entry] = wish.entrypoint ?? [];
  if (wish.entrypoint) words.push({ option: "entrypoint", flags: [["--entrypoint", entry ?? ""]] });
  return words;
}

export function portText({ ip, hostPort, port, protocol }: PortWish): string {
  const end = `${port}${protocol === "tcp" ? "" : `/${protocol}`}`;
  if (ip === "") return hostPort === "" ? end : `${hostPort}:${end}`;
  return `${ip.includes(":") ? `[${ip}]` : ip}:${hostPort}:${end}`;
}

export function volumeText({ source, target, mode }: VolumeText): string {
  return [source, target, mode].filter((part) => part !== "").join(":");
}

function deviceText({ host, inside, permissions }: NonNullable<Options["devices"]>[number]): string {
  const isUsual = permissions === "rwm" || permissions === "";
  if (host === inside && isUsual) return host;
  return `${host}:${inside}${isUsual ? "" : `:${permissions}`}`;
}

/** The simple flags for one network, the long form where they do not suffice. */
function networkWords(networks: readonly NetworkWish[]): Words {
  const [first] = networks;
  if (networks.length > 1 || !first || Object.keys(first.driverOptions).length > 0 || first.priority !== 0) {
    return networks.map((network) => ["--network", networkText(network)]);
  }
  return [
    ["--network", first.name],
    ...first.aliases.map((alias) => ["--network-alias", alias]),
    ...(first.ipv4 === "" ? [] : [["--ip", first.ipv4]]),
    ...(first.ipv6 === "" ? [] : [["--ip6", first.ipv6]]),
    ...first.linkLocal.map((address) => ["--link-local-ip", address]),
    ...first.links.map((link) => ["--link", link]),
  ];
}

function networkText(network: NetworkWish): string {
  const { name, aliases, ipv4, ipv6, linkLocal, links, driverOptions, priority } = network;
  const fields = [
    `name=${name}`,
    ...aliases.map((alias) => `alias=${alias}`),
    ...(ipv4 === "" ? [] : [`ip=${ipv4}`]),
    ...(ipv6 === "" ? [] : [`ip6=${ipv6}`]),
    ...linkLocal.map((address) => `link-local-ip=${address}`),
    ...links.map((link) => `link=${link}`),
    ...Object.entries(driverOptions).map(([key, value]) => `driver-opt=${key}=${value}`),
    ...(priority === 0 ? [] : [`gw-priority=${priority}`]),
  ];
  return fields.length === 1 ? name : fields.map(csvField).join(",");
}

export function mountText(mount: Mount): string {
  const fields = [`type=${mount.Type}`];
  const add = (key: string, value: string | number | boolean | null | undefined) => {
    if (value === true) fields.push(key);
    else if (value !== undefined && value !== null && value !== "" && value !== false && value !== 0)
      fields.push(`${key}=${value}`);
  };
  add("source", mount.Source);
  add("target", mount.Target);
  add("readonly", mount.ReadOnly);
  add("consistency", mount.Consistency === "default" ? "" : mount.Consistency);
  add("bind-propagation", mount.BindOptions?.Propagation);
  if (mount.BindOptions?.NonRecursive) fields.push("bind-recursive=disabled");
  if (mount.BindOptions?.ReadOnlyNonRecursive) fields.push("bind-recursive=writable");
  if (mount.BindOptions?.ReadOnlyForceRecursive) fields.push("bind-recursive=readonly");
  add("bind-create-src", mount.BindOptions?.CreateMountpoint);
  add("volume-nocopy", mount.VolumeOptions?.NoCopy);
  add("volume-subpath", mount.VolumeOptions?.Subpath);
  add("volume-driver", mount.VolumeOptions?.DriverConfig?.Name);
  for (const [key, value] of Object.entries(mount.VolumeOptions?.DriverConfig?.Options ?? {}))
    fields.push(`volume-opt=${key}=${value}`);
  for (const [key, value] of Object.entries(mount.VolumeOptions?.Labels ?? {}))
    fields.push(`volume-label=${key}=${value}`);
  add("image-subpath", mount.ImageOptions?.Subpath);
  add("tmpfs-size", mount.TmpfsOptions?.SizeBytes);
  add("tmpfs-mode", mount.TmpfsOptions?.Mode?.toString(8));
  return fields.map(csvField).join(",");
}

function healthWords(health: HealthConfig): Words {
  const [kind, ...test] = health.Test ?? [];
  if (kind === "NONE") return [["--no-healthcheck"]];
  const duration = (flag: string, value: number | null | undefined) =>
    value ? [[flag, durationText(value)]] : [];
  const command = kind === "CMD" ? test.map(shellWord).join(" ") : (test[0] ?? "");
  return [
    ...(kind === undefined ? [] : [["--health-cmd", command]]),
    ...duration("--health-interval", health.Interval),
    ...duration("--health-timeout", health.Timeout),
    ...duration("--health-start-period", health.StartPeriod),
    ...duration("--health-start-interval", health.StartInterval),
    ...(health.Retries ? [["--health-retries", String(health.Retries)]] : []),
  ];
}
