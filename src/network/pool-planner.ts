import { forbidden } from "../errors/engine-error.ts";
import type { IpamPool } from "../records/network-record.ts";
import { type AddressPool, choosePool } from "./address-pools.ts";
import { parsePool } from "./ipam.ts";
import { overlap, parseSubnet } from "./ipv4.ts";

export interface AddressSpace {
  readonly pools: readonly AddressPool[];
  /** Subnets of the other networks of this engine. */
  readonly networks: readonly string[];
  /** Where this host has routes to. */
  readonly routes: readonly string[];
}

/** Fills in what the user left open and refuses what cannot work. Pure. */
export function planPools(requested: readonly IpamPool[], space: AddressSpace): IpamPool[] {
  const wishes = requested.length === 0 ? [{ subnet: "" }] : requested;
  const planned: IpamPool[] = [];
  for (const wish of wishes) {
    const taken = [...space.networks, ...planned.map((pool) => pool.subnet)].filter(isIpv4Subnet);
    if (wish.subnet !== "") refuseOverlap(wish.subnet, taken, space.routes);
    const subnet = wish.subnet || choosePool(space.pools, [...taken, ...space.routes]);
    const pool = { ...wish, subnet };
    planned.push({ ...pool, gateway: parsePool(pool).gateway });
  }
  return planned;
}

const isIpv4Subnet = (subnet: string): boolean => !subnet.includes(":");

function refuseOverlap(subnet: string, networks: readonly string[], routes: readonly string[]): void {
  const wanted = parseSubnet(subnet);
  const network = networks.find((other) => overlap(wanted, parseSubnet(other)));
  if (network) {
    throw forbidden(`Pool overlaps with other one on this address space: ${subnet} and network ${network}`);
  }
  const route = routes
    .map(parseSubnet)
    .findIndex((other) => other.prefixLength > 0 && overlap(wanted, other));
  if (route >= 0) throw forbidden(`subnet ${subnet} overlaps with the route ${routes[route]} of this host`);
}
