import { randomBytes } from "node:crypto";
import type { ContainerConfig, HostConfig } from "../../src/records/container-config.ts";
import type { ContainerId } from "../../src/records/container-record.ts";
import type { ExecOptions, LogTarget, TaskOptions } from "../../src/runtime/runtime.ts";

export interface TaskChange {
  readonly config?: Partial<ContainerConfig>;
  readonly host?: Partial<HostConfig>;
  readonly task?: Partial<TaskOptions>;
  readonly log?: Partial<LogTarget>;
}

/** Options of a plain container with namespaces of its own; fields may be changed. */
export function taskOptionsFor(command: readonly string[], change: TaskChange = {}): TaskOptions {
  const id = randomBytes(32).toString("hex") as ContainerId;
  return {
    id,
    config: { ...defaultConfig, ...change.config },
    hostConfig: { ...defaultHostConfig, ...change.host },
    command,
    env: ["PATH=/bin", "HOME=/root"],
    rootfs: "/nonexistent",
    mounts: [],
    hostname: id.slice(0, 12),
    namespaces: {
      network: { kind: "new" },
      pid: { kind: "new" },
      ipc: { kind: "new" },
      uts: { kind: "new" },
      cgroup: { kind: "host" },
    },
    runtime: "",
    log: { driver: "none", path: "", maxBytes: 0, maxFiles: 1, compress: false, attrs: "", ...change.log },
    expectAttached: 0,
    init: false,
    warn: () => undefined,
    ...change.task,
  };
}

export function execOptionsFor(
  command: readonly string[],
  change: Partial<ExecOptions["config"]> = {},
  rootfs = "/nonexistent",
): ExecOptions {
  return {
    config: {
      attachStdin: false,
      attachStdout: true,
      attachStderr: true,
      detachKeys: "",
      tty: false,
      env: [],
      command,
      privileged: false,
      user: "",
      workingDir: "",
      ...change,
    },
    containerConfig: defaultConfig,
    hostConfig: defaultHostConfig,
    rootfs,
    expectAttached: 0,
  };
}

export const defaultConfig: ContainerConfig = {
  Hostname: "",
  Domainname: "",
  User: "",
  AttachStdin: false,
  AttachStdout: true,
  AttachStderr: true,
  Tty: false,
  OpenStdin: false,
  StdinOnce: false,
  Env: ["PATH=/bin"],
  Cmd: null,
  Image: "test",
  Volumes: null,
  WorkingDir: "",
  Entrypoint: null,
  OnBuild: null,
  Labels: {},
};

export const defaultHostConfig: HostConfig = {
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
  LogConfig: { Type: "json-file", Config: {} },
  NetworkMode: "none",
  PortBindings: {},
  RestartPolicy: { Name: "no", MaximumRetryCount: 0 },
  AutoRemove: false,
  VolumeDriver: "",
  VolumesFrom: null,
  ConsoleSize: [0, 0],
  CapAdd: null,
  CapDrop: null,
  CgroupnsMode: "host",
  Dns: [],
  DnsOptions: [],
  DnsSearch: [],
  ExtraHosts: null,
  GroupAdd: null,
  IpcMode: "private",
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
  ShmSize: 67108864,
  Runtime: "",
  Isolation: "",
  MaskedPaths: null,
  ReadonlyPaths: null,
};
