import type { PortBinding } from "../../records/container-config.ts";
import type { ContainerRecord, PublishedPort } from "../../records/container-record.ts";

/** A port to publish or to close: `[IP:][HOST]:CONTAINER[/proto]`. */
export interface PortSpec extends PortBinding {
  /** Absent when closing by the host port alone. */
  readonly containerPort: number | undefined;
  readonly protocol: "tcp" | "udp" | "sctp";
}

/** Who can reach a published port: programs of this host, machines with private addresses, everybody. */
export type Reach = "loopback" | "lan" | "world";

export interface PortAudit {
  readonly container: ContainerRecord;
  readonly port: PublishedPort;
  readonly via: "kernel" | "proxy" | "both";
  readonly reach: readonly Reach[];
  /** The host's addresses it answers on, loopback left out. */
  readonly addresses: readonly string[];
  readonly warnings: readonly string[];
}

/** Published ports beyond what the Engine API can: of running containers, and who reaches them. */
export interface PortService {
  /** Opened now when the container runs, and at each start from now on. Gives what was opened. */
  add(nameOrId: string, ports: readonly PortSpec[]): Promise<readonly PublishedPort[]>;
  /** Closed now and for good. Gives what was closed. */
  remove(nameOrId: string, ports: readonly PortSpec[]): Promise<readonly PublishedPort[]>;
  audit(): Promise<readonly PortAudit[]>;
}
