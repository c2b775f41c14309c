/** Shapes of the routes beyond Docker's API; docs/api-extensions.md describes them. */

/** A port to open (`POST /containers/{id}/ports`) or to close (`DELETE`, where only HostPort is needed). */
export interface PortWanted {
  readonly HostIp?: string;
  /** One port, a range to choose from, or empty for any. */
  readonly HostPort?: string;
  readonly ContainerPort?: number;
  readonly Protocol?: "tcp" | "udp" | "sctp";
}

export interface OpenPort {
  readonly HostIp: string;
  readonly HostPort: number;
  readonly ContainerPort: number;
  readonly Protocol: "tcp" | "udp" | "sctp";
  readonly Shared: boolean;
}

/** One line of `GET /ports`. */
export interface AuditedPort extends OpenPort {
  readonly Container: string;
  readonly Name: string;
  readonly Via: "kernel" | "proxy" | "both";
  readonly Reach: ("loopback" | "lan" | "world")[];
  /** The host's addresses it answers on, loopback left out. */
  readonly Addresses: string[];
  readonly Warnings: string[];
}
