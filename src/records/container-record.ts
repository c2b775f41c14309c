import type { Digest } from "../oci/digest.ts";
import type { ContainerConfig, EndpointRequest, HostConfig } from "./container-config.ts";

export type ContainerId = string & { readonly __brand: "ContainerId" };

/** Times are RFC 3339 with nanoseconds, as the API prints them. */
export type Timestamp = string;

/** The life of a container. `pid` exists exactly while there is a process. */
export type ContainerState =
  | { readonly status: "created"; readonly error?: string; readonly exitCode?: number }
  | { readonly status: "running" | "paused"; readonly pid: number; readonly startedAt: Timestamp }
  | {
      readonly status: "restarting";
      readonly exitCode: number;
      readonly startedAt: Timestamp;
      readonly finishedAt: Timestamp;
    }
  | {
      readonly status: "exited" | "dead";
      readonly exitCode: number;
      readonly startedAt: Timestamp;
      readonly finishedAt: Timestamp;
      readonly oomKilled: boolean;
      readonly error?: string;
    }
  | {
      readonly status: "removing";
      readonly before: Exclude<ContainerState, { status: "removing" }>;
      /** Whether its anonymous volumes go as well, for the engine that has to finish the removal. */
      readonly volumes?: boolean;
    };

/** A mount as it was decided at create time: where it comes from and where it goes. */
export interface MountPoint {
  readonly type: "bind" | "volume" | "tmpfs";
  /** Volume name; empty for binds and tmpfs. */
  readonly name: string;
  /** Host path; for volumes the path of the data (without subpath). Empty for tmpfs. */
  readonly source: string;
  readonly destination: string;
  readonly driver: string;
  /** The mode words of `-v`, for example `z` or `ro,z`. */
  readonly mode: string;
  readonly readOnly: boolean;
  readonly propagation: string;
  /** An anonymous volume, removed by `rm -v` and `--rm`. */
  readonly anonymous: boolean;
  /** Fill an empty volume with the image's content at this path. */
  readonly copyUp: boolean;
  readonly subpath?: string;
  readonly nonRecursive?: boolean;
  readonly tmpfsOptions?: string;
  /** Make a missing host directory at start: `-v`, and `--mount` with `bind-create-src`. */
  readonly createSource?: boolean;
  /** How deep read-only goes; by default as deep as the runtime can. */
  readonly readOnlyScope?: "top" | "all";
}

/** One network a container belongs to, with the address it has while it runs. */
export interface ContainerEndpoint {
  readonly request: EndpointRequest;
  readonly networkId: string;
  readonly endpointId?: string;
  readonly gateway?: string;
  readonly ipAddress?: string;
  readonly ipPrefixLength?: number;
  readonly ipv6Address?: string;
  readonly ipv6PrefixLength?: number;
  readonly ipv6Gateway?: string;
  readonly macAddress?: string;
  /** Inside the container; `eth0` where it is absent. */
  readonly interfaceName?: string;
}

/** A published port as it really is, host port filled in. */
export interface PublishedPort {
  /** Port in the container. */
  readonly containerPort: number;
  readonly protocol: "tcp" | "udp" | "sctp";
  readonly hostIp: string;
  readonly hostPort: number;
  /** Other containers may have it as well. */
  readonly shared?: true;
  /** Only those of the same group, where one is named. */
  readonly group?: string;
}

export interface HealthProbe {
  readonly start: Timestamp;
  readonly end: Timestamp;
  readonly exitCode: number;
  readonly output: string;
}

export interface HealthRecord {
  readonly status: "starting" | "healthy" | "unhealthy";
  readonly failingStreak: number;
  /** The last five probes, oldest first. */
  readonly log: readonly HealthProbe[];
}

/** Everything the engine knows of a container and must not forget when it dies. */
export interface ContainerRecord {
  readonly id: ContainerId;
  /** Without the leading slash. */
  readonly name: string;
  readonly created: Timestamp;
  readonly image: Digest;
  readonly platform: string;
  readonly config: ContainerConfig;
  readonly hostConfig: HostConfig;
  readonly state: ContainerState;
  readonly mounts: readonly MountPoint[];
  /** By network name. */
  readonly endpoints: Readonly<Record<string, ContainerEndpoint>>;
  readonly ports: readonly PublishedPort[];
  readonly restartCount: number;
  /** Stopped by a person: restart policies leave it alone. */
  readonly manuallyStopped: boolean;
  readonly health?: HealthRecord;
  /** `path` and `args` of the process, image defaults applied. */
  readonly path: string;
  readonly args: readonly string[];
}
