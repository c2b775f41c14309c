import type { HealthConfig, Mount } from "../../protocol/generated/types.ts";

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

/** Options as they are read; what is empty was not wished. */
export type Loose = { readonly [K in OptionName]?: Options[K] | null | undefined };
