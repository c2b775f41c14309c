import { invalidArgument } from "../errors/engine-error.ts";
import { familyOf } from "../lib/ip.ts";
import type { Endpoint, PortWish } from "./network.ts";

/** One address of the host a wished port is opened on, and how it gets to the container from there. */
export interface HostSide {
  readonly hostIp: string;
  readonly via: "kernel" | "proxy" | "both";
  /** Where the container hears it. */
  readonly containerIp: string;
  /** Nobody named this address: where the host has no such addresses it is left out. */
  readonly optional: boolean;
}

export interface HostFacts {
  /** Where ports go when neither the user nor the network names an address. */
  readonly defaultAddress: string;
  /** `--userland-proxy` */
  readonly proxy: boolean;
  readonly hostHasIpv6: boolean;
  /** Whether the kernel can rewrite packets from 127.0.0.1 to this network. */
  readonly routesLoopback: boolean;
}

const isLoopback = (address: string): boolean => address.startsWith("127.") || address === "::1";

/**
 * Where a wished port is opened. Without an address that is every address of the host from which
 * the container can really be reached: IPv6 ones where it has IPv6, or where a proxy may copy.
 * Pure; throws when an address that was named cannot lead to the container.
 */
export function hostSides(
  wish: PortWish,
  endpoint: Endpoint,
  networkAddress: string | undefined,
  facts: HostFacts,
): HostSide[] {
  const named = wish.hostIp || networkAddress;
  if (named) {
    const side = routeFrom(wish, named, endpoint, facts);
    if (!side && wish.optional) return [];
    return [side ?? sideOrRefusal(wish, named, endpoint, facts)];
  }
  const chosen = facts.defaultAddress;
  if (chosen !== "0.0.0.0") return [sideOrRefusal(wish, chosen, endpoint, facts)];
  const candidates = facts.hostHasIpv6 ? [chosen, "::"] : [chosen];
  const sides = candidates.flatMap((address) => {
    const side = routeFrom(wish, address, endpoint, facts);
    return side ? [{ ...side, optional: address === "::" && endpoint.ipAddress !== "" }] : [];
  });
  return sides.length > 0 ? sides : [sideOrRefusal(wish, chosen, endpoint, facts)];
}

function sideOrRefusal(wish: PortWish, hostIp: string, endpoint: Endpoint, facts: HostFacts): HostSide {
  const side = routeFrom(wish, hostIp, endpoint, facts);
  if (side) return side;
  const family = familyOf(hostIp) === 6 ? "IPv6" : "IPv4";
  const hasFamily = family === "IPv6" ? endpoint.ipv6Address : endpoint.ipAddress;
  const reason = hasFamily
    ? `this kernel cannot forward ${family} loopback`
    : `the container has no ${family} address`;
  const canBeCopied = !wish.shared && wish.protocol !== "sctp" && !facts.proxy;
  const way = canBeCopied ? " (the engine option --userland-proxy allows a copying proxy)" : "";
  throw invalidArgument(`publishing on ${JSON.stringify(hostIp)} is not available: ${reason}${way}`);
}

function routeFrom(
  wish: PortWish,
  hostIp: string,
  endpoint: Endpoint,
  facts: HostFacts,
): HostSide | undefined {
  const isIpv6 = familyOf(hostIp) === 6;
  const same = (isIpv6 ? endpoint.ipv6Address : endpoint.ipAddress) || undefined;
  const other = (isIpv6 ? endpoint.ipAddress : endpoint.ipv6Address) || undefined;
  // A proxy has one container behind it, and none speaks SCTP.
  const mayCopy = facts.proxy && !wish.shared && wish.protocol !== "sctp";
  const loopbackRewritten = isIpv6 ? false : facts.routesLoopback;
  const side = { hostIp, optional: false };
  if (same && !(isLoopback(hostIp) && !loopbackRewritten)) {
    const isEvery = hostIp === "::" || hostIp === "0.0.0.0";
    const via = isEvery && !loopbackRewritten && mayCopy ? "both" : "kernel";
    return { ...side, via, containerIp: same };
  }
  const target = same ?? other;
  return mayCopy && target ? { ...side, via: "proxy", containerIp: target } : undefined;
}
