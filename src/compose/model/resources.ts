import type { Mapping } from "./amounts.ts";
import type { Extensions } from "./extensions.ts";

export interface Network {
  /** What it is called on the engine. */
  readonly name: string;
  readonly driver?: string;
  readonly driver_opts?: Mapping;
  readonly ipam?: Ipam;
  readonly external?: boolean;
  readonly internal?: boolean;
  readonly attachable?: boolean;
  readonly labels?: Mapping;
  readonly enable_ipv4?: boolean;
  readonly enable_ipv6?: boolean;
  readonly extensions?: Extensions;
}

export interface Ipam {
  readonly driver?: string;
  readonly config?: readonly {
    readonly subnet?: string;
    readonly gateway?: string;
    readonly ip_range?: string;
    readonly aux_addresses?: Mapping;
    readonly extensions?: Extensions;
  }[];
  readonly extensions?: Extensions;
}

export interface Volume {
  readonly name: string;
  readonly driver?: string;
  readonly driver_opts?: Mapping;
  readonly external?: boolean;
  readonly labels?: Mapping;
  readonly extensions?: Extensions;
}

/** A top-level config or secret: exactly one of file, environment, content, external. */
export interface ConfigFile {
  readonly name: string;
  readonly file?: string;
  readonly environment?: string;
  /** What is in it; of a variable, once the project is resolved. */
  readonly content?: string;
  readonly external?: boolean;
  readonly labels?: Mapping;
  readonly driver?: string;
  readonly driver_opts?: Mapping;
  readonly template_driver?: string;
  readonly extensions?: Extensions;
}

export type SecretFile = ConfigFile;

export interface Model {
  readonly name?: string;
  readonly model: string;
  readonly context_size?: number;
  readonly runtime_flags?: readonly string[];
  readonly extensions?: Extensions;
}
