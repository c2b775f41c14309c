import { type Yaml, yamlText } from "../../lib/yaml-text.ts";
import type { HealthConfig, Mount } from "../../protocol/generated/types.ts";
import { bytesText, durationText } from "./amounts.ts";
import { portText, runWords, volumeText } from "./run-words.ts";
import type { NetworkWish, OptionName, Options, Wish } from "./wish.ts";

/** Options a Compose file has no word for. */
const unsaid = new Set<OptionName>(["autoRemove", "publishAll", "gpus", "volumeDriver", "cpusetMems"]);

/** A Compose file that makes the container again. */
export function asCompose(wish: Wish): string {
  const { options } = wish;
  const comments = [
    ...runWords(wish).flatMap(({ option, flags }) =>
      unsaid.has(option as OptionName) ? flags.map((words) => `not said here: ${words.join(" ")}`) : [],
    ),
    ...(wish.networks.length > 0 ? ["networks are taken as they are: they must be there"] : []),
    ...(namedVolumes(options).length > 0 ? ["volumes are taken as they are: they must be there"] : []),
  ];
  const labels = Object.fromEntries(
    Object.entries(options.labels ?? {}).filter(([key]) => !key.startsWith("com.docker.compose.")),
  );
  const service = {
    ...programPart(wish),
    ...processPart(options),
    labels: filled(labels),
    ...resourcePart(options),
    ...securityPart(options),
    ...networkPart(wish),
    ...storagePart(options),
  };
  const external = (names: readonly string[]) =>
    names.length === 0
      ? undefined
      : Object.fromEntries(names.map((name) => [name, { external: true, name: dollars(name) }]));
  const file: Yaml = {
    services: { [serviceName(wish.name)]: service },
    networks: external(ownNetworks(wish).map(({ name }) => name)),
    volumes: external(namedVolumes(options)),
  };
  return comments.map((text) => `# ${text}\n`).join("") + yamlText(file);
}

export function serviceName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9_.-]/g, "-") || "app";
}

/** Compose replaces `$NAME`. */
const dollars = (text: string) => text.replaceAll("$", "$$$$");
const texts = (values: readonly string[] | undefined) => values?.map(dollars);
const map = (values: Readonly<Record<string, string>> | undefined): Yaml | undefined =>
  values && Object.fromEntries(Object.entries(values).map(([key, value]) => [key, dollars(value)]));
const filled = (values: Readonly<Record<string, string>>) =>
  Object.keys(values).length > 0 ? map(values) : undefined;
const bytes = (value: number | undefined) => (value === undefined ? undefined : bytesText(value));
const text = (value: string | undefined) => (value === undefined ? undefined : dollars(value));

function programPart(wish: Wish) {
  return {
    image: dollars(wish.image),
    container_name: wish.name,
    platform: wish.platform,
    entrypoint: texts(wish.entrypoint),
    command: texts(wish.command),
  };
}

function processPart(options: Options) {
  return {
    restart: options.restart,
    hostname: text(options.hostname),
    domainname: text(options.domainname),
    user: text(options.user),
    group_add: texts(options.groupAdd),
    working_dir: text(options.workdir),
    environment: texts(options.env),
    annotations: map(options.annotations),
    stdin_open: options.interactive,
    tty: options.tty,
    init: options.init,
    stop_signal: options.stopSignal,
    stop_grace_period: options.stopTimeout === undefined ? undefined : `${options.stopTimeout}s`,
    healthcheck: options.health && healthPart(options.health),
    logging: options.logging && { driver: options.logging.driver, options: filled(options.logging.options) },
  };
}

function healthPart(health: HealthConfig): Yaml {
  const duration = (value: number | null | undefined) => (value ? durationText(value) : undefined);
  const [kind] = health.Test ?? [];
  if (kind === "NONE") return { disable: true };
  return {
    test: kind === undefined ? undefined : texts(health.Test ?? []),
    interval: duration(health.Interval),
    timeout: duration(health.Timeout),
    start_period: duration(health.StartPeriod),
    start_interval: duration(health.StartInterval),
    retries: health.Retries || undefined,
  };
}

function resourcePart(options: Options) {
  const blkio = {
    weight: options.blkioWeight,
    weight_device: options.blkioWeightDevice?.map(({ path, value }) => ({ path, weight: value })),
    device_read_bps: rates(options.deviceReadBps),
    device_write_bps: rates(options.deviceWriteBps),
    device_read_iops: rates(options.deviceReadIops),
    device_write_iops: rates(options.deviceWriteIops),
  };
  return {
    mem_limit: bytes(options.memory),
    memswap_limit: bytes(options.memorySwap),
    mem_reservation: bytes(options.memoryReservation),
    mem_swappiness: options.memorySwappiness,
    cpus: options.cpus,
    cpu_shares: options.cpuShares,
    cpu_period: options.cpuPeriod,
    cpu_quota: options.cpuQuota,
    cpu_rt_period: options.cpuRtPeriod,
    cpu_rt_runtime: options.cpuRtRuntime,
    cpuset: options.cpusetCpus,
    pids_limit: options.pidsLimit,
    blkio_config: Object.values(blkio).some((value) => value !== undefined) ? blkio : undefined,
    ulimits:
      options.ulimits &&
      Object.fromEntries(options.ulimits.map(({ name, soft, hard }) => [name, { soft, hard }])),
    oom_kill_disable: options.oomKillDisable,
    oom_score_adj: options.oomScoreAdj,
    shm_size: bytes(options.shmSize),
    cgroup_parent: options.cgroupParent,
    runtime: options.runtime,
  };
}

const rates = (values: Options["deviceReadBps"]) => values?.map(({ path, value }) => ({ path, rate: value }));

function securityPart(options: Options) {
  return {
    privileged: options.privileged,
    read_only: options.readOnly,
    cap_add: options.capAdd,
    cap_drop: options.capDrop,
    security_opt: texts(options.securityOpt),
    sysctls: map(options.sysctls),
    devices: options.devices?.map(
      ({ host, inside, permissions }) => `${host}:${inside}:${permissions || "rwm"}`,
    ),
    device_cgroup_rules: options.deviceCgroupRules,
    ipc: options.ipc,
    pid: options.pid,
    uts: options.uts,
    userns_mode: options.userns,
    cgroup: options.cgroupns,
  };
}

/** The default bridge is a mode, not a network one may list. */
function ownNetworks({ networks }: Wish): readonly NetworkWish[] {
  return networks.filter(({ name }) => name !== "bridge");
}

function networkPart(wish: Wish) {
  const { options } = wish;
  const own = ownNetworks(wish);
  return {
    network_mode: options.networkMode ?? (own.length === 0 ? "bridge" : undefined),
    networks:
      own.length === 0
        ? undefined
        : Object.fromEntries(own.map((network) => [network.name, endpointPart(network)])),
    mac_address: options.macAddress,
    ports: options.ports?.map(portText),
    expose: options.expose?.map((port) => port.replace(/\/tcp$/, "")),
    external_links: options.links,
    dns: options.dns,
    dns_opt: options.dnsOptions,
    dns_search: options.dnsSearch,
    extra_hosts: texts(options.extraHosts),
  };
}

function endpointPart({ aliases, ipv4, ipv6, linkLocal, driverOptions, priority }: NetworkWish): Yaml {
  return {
    aliases: aliases.length > 0 ? aliases : undefined,
    ipv4_address: ipv4 || undefined,
    ipv6_address: ipv6 || undefined,
    link_local_ips: linkLocal.length > 0 ? linkLocal : undefined,
    driver_opts: filled(driverOptions),
    gw_priority: priority || undefined,
  };
}

function storagePart(options: Options) {
  const volumes: Yaml[] = [
    ...(options.volumes ?? []).map((volume) => dollars(volumeText(volume))),
    ...(options.mounts ?? []).map(mountPart),
  ];
  return {
    volumes: volumes.length > 0 ? volumes : undefined,
    tmpfs:
      options.tmpfs && Object.entries(options.tmpfs).map(([path, mode]) => (mode ? `${path}:${mode}` : path)),
    volumes_from: options.volumesFrom?.map((from) => `container:${from}`),
    storage_opt: map(options.storageOpt),
  };
}

function mountPart(mount: Mount): Yaml {
  const { BindOptions: bind, VolumeOptions: volume, TmpfsOptions: tmpfs, ImageOptions: image } = mount;
  return {
    type: mount.Type ?? "volume",
    source: mount.Source ? dollars(mount.Source) : undefined,
    target: dollars(mount.Target ?? ""),
    read_only: mount.ReadOnly || undefined,
    bind: bind?.Propagation ? { propagation: bind.Propagation } : undefined,
    volume:
      volume?.NoCopy || volume?.Subpath
        ? { nocopy: volume.NoCopy || undefined, subpath: volume.Subpath || undefined }
        : undefined,
    tmpfs:
      tmpfs?.SizeBytes || tmpfs?.Mode
        ? { size: tmpfs.SizeBytes || undefined, mode: tmpfs.Mode || undefined }
        : undefined,
    image: image?.Subpath ? { subpath: image.Subpath } : undefined,
  };
}

function namedVolumes({ volumes, mounts }: Options): string[] {
  const fromBinds = (volumes ?? [])
    .map(({ source }) => source)
    .filter((source) => source !== "" && !/^[/~.]/.test(source));
  const fromMounts = (mounts ?? [])
    .filter(({ Type: type, Source: source }) => type === "volume" && source)
    .map(({ Source: source }) => source ?? "");
  return [...new Set([...fromBinds, ...fromMounts])];
}
