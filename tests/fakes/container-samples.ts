import type { HostAbilities } from "../../src/engine/containers/validate/host-abilities.ts";
import type { Digest } from "../../src/oci/digest.ts";
import type { ContainerConfig, HostConfig } from "../../src/records/container-config.ts";
import type { ContainerId, ContainerRecord } from "../../src/records/container-record.ts";

/** A container config as the server hands it over when a client left everything open. */
export function sampleConfig(changes: Partial<ContainerConfig> = {}): ContainerConfig {
  return {
    Hostname: "",
    Domainname: "",
    User: "",
    AttachStdin: false,
    AttachStdout: true,
    AttachStderr: true,
    Tty: false,
    OpenStdin: false,
    StdinOnce: false,
    Env: [],
    Cmd: null,
    Image: "busybox",
    Volumes: null,
    WorkingDir: "",
    Entrypoint: null,
    OnBuild: null,
    Labels: {},
    ...changes,
  };
}

/** The host config of a plain `docker create`. */
export function sampleHostConfig(changes: Partial<HostConfig> = {}): HostConfig {
  return {
    CpuShares: 0,
    Memory: 0,
    NanoCpus: 0,
    CgroupParent: "",
    BlkioWeight: 0,
    BlkioWeightDevice: null,
    BlkioDeviceReadBps: null,
    BlkioDeviceWriteBps: null,
    BlkioDeviceReadIOps: null,
    BlkioDeviceWriteIOps: null,
    CpuPeriod: 0,
    CpuQuota: 0,
    CpuRealtimePeriod: 0,
    CpuRealtimeRuntime: 0,
    CpusetCpus: "",
    CpusetMems: "",
    Devices: null,
    DeviceCgroupRules: null,
    DeviceRequests: null,
    MemoryReservation: 0,
    MemorySwap: 0,
    MemorySwappiness: null,
    OomKillDisable: null,
    PidsLimit: null,
    Ulimits: null,
    Binds: null,
    ContainerIDFile: "",
    LogConfig: { Type: "", Config: {} },
    NetworkMode: "bridge",
    PortBindings: {},
    RestartPolicy: { Name: "no", MaximumRetryCount: 0 },
    AutoRemove: false,
    VolumeDriver: "",
    VolumesFrom: null,
    ConsoleSize: [0, 0],
    CapAdd: null,
    CapDrop: null,
    CgroupnsMode: "",
    Dns: [],
    DnsOptions: [],
    DnsSearch: [],
    ExtraHosts: null,
    GroupAdd: null,
    IpcMode: "",
    Cgroup: "",
    Links: null,
    OomScoreAdj: 0,
    PidMode: "",
    Privileged: false,
    PublishAllPorts: false,
    ReadonlyRootfs: false,
    SecurityOpt: null,
    UTSMode: "",
    UsernsMode: "",
    ShmSize: 0,
    Runtime: "",
    Isolation: "",
    MaskedPaths: null,
    ReadonlyPaths: null,
    ...changes,
  };
}

/** A container that was created and never started. */
export function sampleContainer(changes: Partial<ContainerRecord> = {}): ContainerRecord {
  return {
    id: "c".repeat(64) as ContainerId,
    name: "steady_hopper",
    created: "2026-01-01T00:00:00.000000000Z",
    image: `sha256:${"a".repeat(64)}` as Digest,
    platform: "linux/amd64",
    config: sampleConfig(),
    hostConfig: sampleHostConfig(),
    state: { status: "created" },
    mounts: [],
    endpoints: {},
    ports: [],
    restartCount: 0,
    manuallyStopped: false,
    path: "sh",
    args: [],
    ...changes,
  };
}

/** A two-CPU machine whose kernel can do everything. */
export function sampleHost(changes: Partial<HostAbilities> = {}): HostAbilities {
  return {
    cpus: 2,
    cpusetCpus: "0-1",
    cpusetMems: "0",
    cgroupVersion: 2,
    limits: sampleLimits(),
    cgroupNamespaces: true,
    ipv4Forwarding: true,
    appArmor: false,
    seLinux: false,
    capabilities: new Set(["CAP_CHOWN", "CAP_NET_ADMIN", "CAP_SYS_ADMIN"]),
    runtimes: new Set(["runc", "crun"]),
    defaultRuntime: "runc",
    defaultLog: { Type: "json-file", Config: { "max-size": "10m" } },
    defaultShmSize: 67_108_864,
    defaultIpcMode: "private",
    defaultCgroupnsMode: "private",
    maskedPaths: ["/proc/kcore"],
    readonlyPaths: ["/proc/sys"],
    storageQuota: false,
    ...changes,
  };
}

export function sampleLimits(changes: Partial<HostAbilities["limits"]> = {}): HostAbilities["limits"] {
  return {
    memory: true,
    swap: true,
    memoryReservation: true,
    memorySwappiness: true,
    oomKillDisable: true,
    pids: true,
    cpuShares: true,
    cpuCfs: true,
    cpuRealtime: true,
    cpuset: true,
    blkioWeight: true,
    blkioWeightDevice: true,
    blkioReadBps: true,
    blkioWriteBps: true,
    blkioReadIops: true,
    blkioWriteIops: true,
    ...changes,
  };
}
