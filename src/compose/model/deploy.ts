import type { Bytes, Duration, Mapping } from "./amounts.ts";
import type { Extensions } from "./extensions.ts";

export interface Deploy {
  readonly mode?: string;
  readonly replicas?: number;
  readonly labels?: Mapping;
  readonly update_config?: UpdateConfig;
  readonly rollback_config?: UpdateConfig;
  readonly resources?: {
    readonly limits?: Resource;
    readonly reservations?: Resource;
    readonly extensions?: Extensions;
  };
  readonly restart_policy?: RestartPolicy;
  readonly placement?: {
    readonly constraints?: readonly string[];
    readonly preferences?: readonly { readonly spread?: string; readonly extensions?: Extensions }[];
    readonly max_replicas_per_node?: number;
    readonly extensions?: Extensions;
  };
  readonly endpoint_mode?: string;
  readonly extensions?: Extensions;
}

export interface UpdateConfig {
  /** How many replicas at once; 0 is all. */
  readonly parallelism?: number;
  readonly delay?: Duration;
  readonly failure_action?: string;
  readonly monitor?: Duration;
  readonly max_failure_ratio?: number;
  readonly order?: string;
  readonly extensions?: Extensions;
}

export interface Resource {
  /** Cores, as a decimal number. */
  readonly cpus?: number;
  readonly memory?: Bytes;
  readonly pids?: number;
  readonly devices?: readonly DeviceRequest[];
  readonly generic_resources?: readonly {
    readonly discrete_resource_spec?: {
      readonly kind: string;
      readonly value: number;
      readonly extensions?: Extensions;
    };
    readonly extensions?: Extensions;
  }[];
  readonly extensions?: Extensions;
}

export interface DeviceRequest {
  readonly capabilities?: readonly string[];
  readonly driver?: string;
  /** -1 is all of them. */
  readonly count?: number;
  readonly device_ids?: readonly string[];
  readonly options?: Mapping;
  readonly extensions?: Extensions;
}

export interface RestartPolicy {
  readonly condition?: string;
  readonly delay?: Duration;
  readonly max_attempts?: number;
  readonly window?: Duration;
  readonly extensions?: Extensions;
}
