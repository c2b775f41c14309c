import type { EndpointRequest } from "../../records/container-config.ts";
import type { ContainerRecord } from "../../records/container-record.ts";
import type { IpamPool, NetworkRecord } from "../../records/network-record.ts";
import type { Filters } from "../filters.ts";
import type { PruneReport } from "./prune-report.ts";

export interface NetworkView {
  readonly record: NetworkRecord;
  /** Running containers on it, with their endpoint. */
  readonly containers: readonly ContainerRecord[];
}

export interface CreateNetworkRequest {
  readonly name: string;
  readonly driver: string;
  readonly scope: string;
  readonly internal: boolean;
  readonly attachable: boolean;
  readonly ingress: boolean;
  readonly configOnly: boolean;
  /** Name of a configuration-only network; empty for none. */
  readonly configFrom: string;
  readonly enableIpv4: boolean | undefined;
  readonly enableIpv6: boolean | undefined;
  readonly ipam: { driver: string; options: Readonly<Record<string, string>>; pools: readonly IpamPool[] };
  readonly options: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** Something in the kernel that is not as the records say. */
export interface NetworkFinding {
  readonly problem: string;
  readonly mended: boolean;
  /** Why it could not be mended. */
  readonly failure?: string;
}

export interface NetworkService {
  list(filters: Filters): Promise<NetworkView[]>;
  inspect(nameOrId: string): Promise<NetworkView>;
  create(request: CreateNetworkRequest): Promise<{ id: string; warning: string }>;
  remove(nameOrId: string): Promise<void>;
  connect(nameOrId: string, container: string, endpoint: EndpointRequest): Promise<void>;
  disconnect(nameOrId: string, container: string, force: boolean): Promise<void>;
  prune(filters: Filters): Promise<PruneReport>;
  check(options: { readonly repair: boolean }): Promise<NetworkFinding[]>;
}
