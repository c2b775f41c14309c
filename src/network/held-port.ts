import { familyOf } from "../lib/ip.ts";
import type { PublishedPort } from "../records/container-record.ts";
import type { RunningProxy } from "../sys/port-proxy.ts";
import type { HostSide } from "./host-sides.ts";
import type { Reservation } from "./kernel.ts";
import type { Endpoint, PortWish } from "./network.ts";
import { isAnyAddress, type PublishedRule } from "./plan-published.ts";

/** A host port that is published, with everything that keeps it so. */
export interface HeldPort {
  readonly containerId: string;
  readonly containerName: string;
  readonly port: PublishedPort;
  readonly side: HostSide;
  /** Gets no new connections while another container that shares the port does not stand back. */
  standsBack: boolean;
  /** Missing when somebody took the port while no engine ran, or while a proxy has it. */
  reservation: Reservation | undefined;
  proxy: RunningProxy | undefined;
}

export function heldPort(
  endpoint: Endpoint,
  containerName: string,
  port: PublishedPort,
  side: HostSide,
  reservation: Reservation | undefined,
  standsBack = false,
): HeldPort {
  const { containerId } = endpoint;
  return { containerId, containerName, port, side, reservation, standsBack, proxy: undefined };
}

/** What the firewall has to do for it; nothing where a proxy does everything. */
export function ruleOf({ port, side, standsBack }: HeldPort): PublishedRule[] {
  if (side.via === "proxy") return [];
  const { protocol, hostIp, hostPort, containerPort, shared } = port;
  const rule = { protocol, hostIp, hostPort, containerIp: side.containerIp, containerPort };
  return [shared ? { ...rule, shared, ...(standsBack && { standsBack }) } : rule];
}

export const rulesOf = (held: readonly HeldPort[]): PublishedRule[] => held.flatMap(ruleOf);

/** Addresses a packet could be for at the same time. */
function overlap(one: string, other: string): boolean {
  if (familyOf(one) !== familyOf(other)) return false;
  return one === other || isAnyAddress(one) || isAnyAddress(other);
}

/** One of our own containers that has the port already. */
export function holderOf(
  held: readonly HeldPort[],
  protocol: string,
  hostIp: string,
  hostPort: number,
): HeldPort | undefined {
  return held.find(
    ({ port }) => port.protocol === protocol && port.hostPort === hostPort && overlap(port.hostIp, hostIp),
  );
}

/** Whether a container may join the holder of a port. */
export const mayShare = (holder: HeldPort, wish: PortWish, hostIp: string, containerId: string): boolean =>
  wish.shared === true &&
  holder.port.shared === true &&
  (holder.port.group ?? "") === (wish.group ?? "") &&
  holder.port.hostIp === hostIp &&
  holder.containerId !== containerId;

/** A reservation that lasts until the last of several containers lets go. */
export class SharedReservation {
  readonly #inner: Reservation;
  #users = 0;

  constructor(inner: Reservation) {
    this.#inner = inner;
  }

  get port(): number {
    return this.#inner.port;
  }

  /** One more user; each gets a handle of its own, so that letting go twice is harmless. */
  join(): Reservation & { readonly whole: SharedReservation } {
    this.#users++;
    let held = true;
    return {
      port: this.port,
      whole: this,
      release: () => {
        if (held && --this.#users === 0) this.#inner.release();
        held = false;
      },
    };
  }
}

/** A share of the port that another container has open. */
export function joined(reservation: Reservation | undefined): Reservation | undefined {
  return reservation && "whole" in reservation && reservation.whole instanceof SharedReservation
    ? reservation.whole.join()
    : undefined;
}
