import type { Bytes, Duration, FileMode, Mapping, MappingWithEquals } from "./amounts.ts";
import type { Extensions } from "./extensions.ts";

export interface EnvFile {
  readonly path: string;
  readonly required: boolean;
  /** `raw`: no expansion and no quotes. */
  readonly format?: string;
}

export interface ServiceDependency {
  readonly condition: "service_started" | "service_healthy" | "service_completed_successfully";
  readonly restart?: boolean;
  readonly required: boolean;
  readonly extensions?: Extensions;
}

export interface ServiceNetwork {
  readonly aliases?: readonly string[];
  readonly driver_opts?: Mapping;
  readonly gw_priority?: number;
  readonly interface_name?: string;
  readonly ipv4_address?: string;
  readonly ipv6_address?: string;
  readonly link_local_ips?: readonly string[];
  readonly mac_address?: string;
  readonly priority?: number;
  readonly extensions?: Extensions;
}

export interface ServicePort {
  readonly name?: string;
  readonly mode?: string;
  readonly host_ip?: string;
  readonly target: number;
  /** A port or a range; absent: any free one. */
  readonly published?: string;
  readonly protocol?: string;
  readonly app_protocol?: string;
  readonly extensions?: Extensions;
}

export interface ServiceVolume {
  readonly type: string;
  readonly source?: string;
  readonly target?: string;
  readonly read_only?: boolean;
  readonly consistency?: string;
  readonly bind?: {
    readonly selinux?: string;
    readonly propagation?: string;
    readonly create_host_path?: boolean;
    readonly recursive?: string;
    readonly extensions?: Extensions;
  };
  readonly volume?: {
    readonly labels?: Mapping;
    readonly nocopy?: boolean;
    readonly subpath?: string;
    readonly extensions?: Extensions;
  };
  readonly tmpfs?: { readonly size?: Bytes; readonly mode?: number; readonly extensions?: Extensions };
  readonly image?: { readonly subpath?: string; readonly extensions?: Extensions };
  readonly extensions?: Extensions;
}

/** A config or secret of a service. */
export interface FileReference {
  readonly source: string;
  readonly target?: string;
  readonly uid?: string;
  readonly gid?: string;
  readonly mode?: FileMode;
  readonly extensions?: Extensions;
}

export interface Healthcheck {
  readonly test?: readonly string[];
  readonly timeout?: Duration;
  readonly interval?: Duration;
  readonly retries?: number;
  readonly start_period?: Duration;
  readonly start_interval?: Duration;
  readonly disable?: boolean;
  readonly extensions?: Extensions;
}

export interface Hook {
  readonly command?: readonly string[];
  readonly user?: string;
  readonly privileged?: boolean;
  readonly working_dir?: string;
  readonly environment?: MappingWithEquals;
  readonly extensions?: Extensions;
}

export interface Logging {
  readonly driver?: string;
  readonly options?: Mapping;
  readonly extensions?: Extensions;
}

export interface DeviceMapping {
  readonly source: string;
  readonly target?: string;
  readonly permissions?: string;
  readonly extensions?: Extensions;
}

export interface Ulimit {
  readonly single?: number;
  readonly soft?: number;
  readonly hard?: number;
  readonly extensions?: Extensions;
}

export interface BlkioConfig {
  readonly weight?: number;
  readonly weight_device?: readonly { readonly path: string; readonly weight: number }[];
  readonly device_read_bps?: readonly ThrottleDevice[];
  readonly device_read_iops?: readonly ThrottleDevice[];
  readonly device_write_bps?: readonly ThrottleDevice[];
  readonly device_write_iops?: readonly ThrottleDevice[];
  readonly extensions?: Extensions;
}

export interface ThrottleDevice {
  readonly path: string;
  readonly rate: Bytes;
}

export interface CredentialSpec {
  readonly config?: string;
  readonly file?: string;
  readonly registry?: string;
  readonly extensions?: Extensions;
}

/** A program outside of Compose that stands for the service. */
export interface Provider {
  readonly type: string;
  readonly options?: Readonly<Record<string, readonly string[]>>;
  readonly extensions?: Extensions;
}

export interface ServiceModel {
  readonly endpoint_var?: string;
  readonly model_var?: string;
  readonly extensions?: Extensions;
}
