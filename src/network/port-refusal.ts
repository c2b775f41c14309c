import { EngineError, messageOf, notImplemented } from "../errors/engine-error.ts";
import { errnoOf } from "../sys/errno-of.ts";
import type { Endpoint, PortWish } from "./network.ts";

export interface RefusedPort {
  readonly endpoint: Endpoint;
  readonly containerName: string;
  /** With the address filled in. */
  readonly wish: PortWish;
  readonly standsBack?: boolean;
}

/**
 * Docker's sentence, then who holds the port. Without a failure one of our own containers does.
 * The kind is `internal` because Docker answers these with status 500.
 */
export function portRefusal(
  refused: RefusedPort,
  failure: unknown,
  holder: () => string | undefined,
): EngineError {
  const { hostPortFirst: first, hostPortLast: last, protocol } = refused.wish;
  const ports = first === last ? `${first}` : `${first}-${last}`;
  const { hostIp: address } = refused.wish;
  const hostIp = address.includes(":") ? `[${address}]` : address;
  const start = `${opening(refused)}: Bind for ${hostIp}:${ports} failed: `;
  const code = errnoOf(failure) ?? "EADDRINUSE";
  if (code === "EADDRNOTAVAIL") {
    const words = "cannot assign requested address, this host does not have it";
    return new EngineError("internal", start + words, failure);
  }
  if (code !== "EADDRINUSE") {
    if (protocol === "sctp") return notImplemented(`${start}this kernel has no SCTP`, failure);
    return new EngineError("internal", start + code, failure);
  }
  if (first !== last) return new EngineError("internal", `${start}all ports are allocated`, failure);
  const who = holder();
  const words = who ? ` (it is held by ${who})` : "";
  return new EngineError("internal", `${start}port is already allocated${words}`, failure);
}

/** Refused before any port was tried. */
export function sideRefusal(refused: RefusedPort, failure: unknown): EngineError {
  const kind = failure instanceof EngineError ? failure.kind : "internal";
  return new EngineError(kind, `${opening(refused)}: ${messageOf(failure)}`, failure);
}

const opening = ({ containerName, endpoint }: RefusedPort): string =>
  `driver failed programming external connectivity on endpoint ${containerName} (${endpoint.endpointId})`;
