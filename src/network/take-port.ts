import { errnoOf } from "../sys/errno-of.ts";
import { type HeldPort, heldPort, holderOf, joined, mayShare, SharedReservation } from "./held-port.ts";
import type { HostSide } from "./host-sides.ts";
import type { NetworkKernel, Reservation } from "./kernel.ts";
import type { PortWish } from "./network.ts";
import { portRefusal, type RefusedPort } from "./port-refusal.ts";

/** Attempts to find one free port on all addresses; the kernel's choice is free on the first only. */
const ephemeralAttempts = 16;

/**
 * Takes one host port on all its addresses, the first of the wished range that is free on all.
 * All or nothing; refuses in Docker's words, naming who has it.
 */
export function takePort(
  kernel: NetworkKernel,
  asked: RefusedPort,
  sides: readonly HostSide[],
  others: readonly HeldPort[],
): HeldPort[] {
  const { wish } = asked;
  const isEphemeral = wish.hostPortFirst === 0;
  const last = isEphemeral ? ephemeralAttempts - 1 : wish.hostPortLast;
  let failed: Failed | undefined;
  for (let candidate = wish.hostPortFirst; candidate <= last; candidate++) {
    const taken: HeldPort[] = [];
    failed = takeAll(kernel, asked, sides, others, isEphemeral ? 0 : candidate, taken);
    if (!failed) return taken;
    for (const held of taken) held.reservation?.release();
    if (failed.error !== undefined && errnoOf(failed.error) !== "EADDRINUSE") break;
  }
  const hostIp = failed?.hostIp ?? wish.hostIp;
  const refused = { ...asked, wish: { ...wish, hostIp } };
  throw portRefusal(refused, failed?.error, () => {
    const own = holderOf(others, wish.protocol, hostIp, wish.hostPortFirst);
    return own
      ? `container "${own.containerName}"${notShared(own, wish)}`
      : kernel.holder(wish.protocol, hostIp, wish.hostPortFirst);
  });
}

function notShared({ port }: HeldPort, wish: PortWish): string {
  if (!port.shared) {
    return wish.shared
      ? ", which does not share it: every one of them needs the label hull.publish-mode=shared"
      : "";
  }
  const isSameGroup = wish.shared && (port.group ?? "") === (wish.group ?? "");
  if (isSameGroup) return "";
  if (port.group !== undefined) return `, which shares it only with those of ${port.group}`;
  return wish.shared
    ? ", which shares it only with containers that have no group"
    : ", which shares it only with containers that have the label hull.publish-mode=shared";
}

interface Failed {
  readonly hostIp: string;
  /** Absent when one of our own containers has it. */
  readonly error?: unknown;
}

function takeAll(
  kernel: NetworkKernel,
  { endpoint, containerName, wish, standsBack }: RefusedPort,
  sides: readonly HostSide[],
  others: readonly HeldPort[],
  wanted: number,
  taken: HeldPort[],
): Failed | undefined {
  const { protocol, containerPort, shared, group } = wish;
  let hostPort = wanted;
  for (const side of sides) {
    const { hostIp } = side;
    const hold = (port: number, reservation: Reservation | undefined) => {
      hostPort = port;
      const sharing = shared && { shared: true as const, ...(group !== undefined && { group }) };
      const record = { containerPort, protocol, hostIp, hostPort, ...sharing };
      taken.push(heldPort(endpoint, containerName, record, side, reservation, standsBack));
    };
    const own = hostPort === 0 ? undefined : holderOf([...others, ...taken], protocol, hostIp, hostPort);
    if (own && mayShare(own, wish, hostIp, endpoint.containerId)) {
      hold(hostPort, joined(own.reservation));
      continue;
    }
    if (own) return { hostIp };
    try {
      const reservation = kernel.reserve(protocol, hostIp, hostPort);
      hold(reservation.port, shared ? new SharedReservation(reservation).join() : reservation);
    } catch (error) {
      const isMissing = ["EADDRNOTAVAIL", "EAFNOSUPPORT"].includes(errnoOf(error) ?? "");
      if (!(side.optional && isMissing)) return { hostIp, error };
    }
  }
  return undefined;
}

/** A new engine takes a port its container had all along; tells when somebody else got there first. */
export function takeAgain(
  kernel: NetworkKernel,
  held: HeldPort,
  all: readonly HeldPort[],
): string | undefined {
  const { protocol, hostIp, hostPort, shared } = held.port;
  const before = all.find(
    (one) => one !== held && one.reservation && holderOf([one], protocol, hostIp, hostPort) && shared,
  );
  if (before) {
    held.reservation = joined(before.reservation);
    return undefined;
  }
  try {
    const reservation = kernel.reserve(protocol, hostIp, hostPort);
    held.reservation = shared ? new SharedReservation(reservation).join() : reservation;
    return undefined;
  } catch {
    const holder = kernel.holder(protocol, hostIp, hostPort) ?? "somebody else";
    return `port ${hostIp}:${hostPort} of container ${held.containerName} was also opened by ${holder} while no engine ran; it still leads to the container`;
  }
}
