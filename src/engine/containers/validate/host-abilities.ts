import type { LogConfig } from "../../../records/container-config.ts";

/** What this machine and this engine's configuration can do: the facts create and update are checked against. */
export interface HostAbilities {
  /** CPUs online. */
  readonly cpus: number;
  /** What may stand in `--cpuset-cpus` and `--cpuset-mems`, as the kernel lists it: `0-3,8`. */
  readonly cpusetCpus: string;
  readonly cpusetMems: string;
  readonly cgroupVersion: 1 | 2;
  readonly limits: {
    readonly memory: boolean;
    readonly swap: boolean;
    readonly memoryReservation: boolean;
    readonly memorySwappiness: boolean;
    readonly oomKillDisable: boolean;
    readonly pids: boolean;
    readonly cpuShares: boolean;
    /** Quota and period. */
    readonly cpuCfs: boolean;
    readonly cpuRealtime: boolean;
    readonly cpuset: boolean;
    readonly blkioWeight: boolean;
    readonly blkioWeightDevice: boolean;
    readonly blkioReadBps: boolean;
    readonly blkioWriteBps: boolean;
    readonly blkioReadIops: boolean;
    readonly blkioWriteIops: boolean;
  };
  readonly cgroupNamespaces: boolean;
  readonly ipv4Forwarding: boolean;
  readonly appArmor: boolean;
  readonly seLinux: boolean;
  /** Capabilities the kernel knows and the engine has: `CAP_CHOWN`, …. */
  readonly capabilities: ReadonlySet<string>;
  readonly runtimes: ReadonlySet<string>;
  readonly defaultRuntime: string;
  /** `--log-driver` and `--log-opt` of the engine. */
  readonly defaultLog: LogConfig;
  readonly defaultShmSize: number;
  readonly defaultIpcMode: "private" | "shareable";
  readonly defaultCgroupnsMode: "private" | "host";
  /** What a container's null list of masked and read-only paths stands for. */
  readonly maskedPaths: readonly string[];
  readonly readonlyPaths: readonly string[];
  /** Writable layers can have a size limit (`--storage-opt size=…`). */
  readonly storageQuota: boolean;
}
