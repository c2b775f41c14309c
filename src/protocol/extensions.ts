/**
 * What Hull's API has beyond Docker's, described in docs/api-extensions.md. A stock Docker engine
 * answers these with 404 "page not found".
 */

/** `POST /networks/check` */
export interface NetworkCheckResponse {
  readonly Findings: readonly NetworkFinding[];
}

/** Something in the kernel that is not as the engine's records say. */
export interface NetworkFinding {
  readonly Problem: string;
  readonly Mended: boolean;
  /** Why it could not be mended; absent when it was, or was not tried. */
  readonly Failure?: string;
}

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

/** `GET /system/disk` */
export interface DiskPartsResponse {
  /** The engine's data root. */
  readonly Root: string;
  /** Bytes on the disk, as `du -x` of the data root counts them: the sum of the parts. */
  readonly Total: number;
  readonly Parts: readonly { readonly Name: string; readonly Size: number }[];
}

/** `GET /system/reclaimable?image=ID&image=ID` */
export interface ReclaimableResponse {
  /** Bytes that would go with all of these images. */
  readonly Size: number;
}
