import { conflict, invalidArgument, unavailable } from "../errors/engine-error.ts";
import type { IpamPool, NetworkRecord } from "../records/network-record.ts";
import type { NetworkTable } from "../records/records.ts";
import { contains, formatAddress, lastOf, parseAddress, parseSubnet, type Subnet } from "./ipv4.ts";

/** The one IPv4 pool of a network that addresses come from. */
export interface Ipv4Pool {
  readonly subnet: Subnet;
  readonly gateway: string;
  readonly range: Subnet;
  /** Never given away: gateway and auxiliary addresses. */
  readonly reserved: ReadonlySet<number>;
}

export function ipv4Pools(network: NetworkRecord): Ipv4Pool[] {
  return network.ipam.pools.filter((pool) => !pool.subnet.includes(":")).map(parsePool);
}

export function parsePool(pool: IpamPool): Ipv4Pool {
  const subnet = parseSubnet(pool.subnet);
  if (subnet.prefixLength > 30) throw invalidArgument(`subnet ${pool.subnet} is too small for a network`);
  const range = pool.ipRange ? parseSubnet(pool.ipRange) : subnet;
  if (!contains(subnet, range.first) || !contains(subnet, lastOf(range))) {
    throw invalidArgument(`no matching subnet for range ${pool.ipRange}`);
  }
  const gateway = pool.gateway ? parseAddress(pool.gateway) : subnet.first + 1;
  const reserved = new Set([gateway]);
  for (const [name, address] of Object.entries(pool.auxAddresses ?? {})) {
    const value = parseAddress(address);
    if (!contains(subnet, value)) {
      throw invalidArgument(`no matching subnet for aux-address ${address} (${name})`);
    }
    reserved.add(value);
  }
  if (!contains(subnet, gateway)) throw invalidArgument(`no matching subnet for gateway ${pool.gateway}`);
  return { subnet, gateway: formatAddress(gateway), range, reserved };
}

/** The lowest free address, as Docker gives them. Pure. */
export function chooseAddress(pool: Ipv4Pool, taken: ReadonlySet<number>): number | undefined {
  const from = Math.max(pool.range.first, pool.subnet.first + 1);
  const to = Math.min(lastOf(pool.range), lastOf(pool.subnet) - 1);
  for (let value = from; value <= to; value++) {
    if (!taken.has(value) && !pool.reserved.has(value)) return value;
  }
  return undefined;
}

export interface TakenAddress {
  readonly address: string;
  readonly prefixLength: number;
  readonly gateway: string;
}

/** Takes an address for a container, the wanted one or the lowest free, and writes it down. */
export function takeAddress(
  table: NetworkTable,
  network: NetworkRecord,
  containerId: string,
  wanted: string | undefined,
): TakenAddress {
  const pools = ipv4Pools(network);
  const taken = new Set(
    table
      .addresses(network.id)
      .filter((record) => !record.address.includes(":"))
      .map((record) => parseAddress(record.address)),
  );
  for (const pool of pools) {
    const value = wanted === undefined ? chooseAddress(pool, taken) : checkWanted(pool, wanted, taken);
    if (value === undefined) continue;
    const address = formatAddress(value);
    table.takeAddress({ networkId: network.id, address, containerId });
    return { address, prefixLength: pool.subnet.prefixLength, gateway: pool.gateway };
  }
  if (wanted !== undefined) {
    throw invalidArgument(
      `invalid config for network ${network.name}: no configured subnet contains IP address ${wanted}`,
    );
  }
  throw unavailable(
    `no available IPv4 addresses on this network's address pools: ${network.name} (${network.id})`,
  );
}

function checkWanted(pool: Ipv4Pool, wanted: string, taken: ReadonlySet<number>): number | undefined {
  const value = parseAddress(wanted);
  if (!contains(pool.subnet, value)) return undefined;
  const isEdge = value === pool.subnet.first || value === lastOf(pool.subnet);
  if (isEdge || pool.reserved.has(value) || taken.has(value)) throw conflict("Address already in use");
  return value;
}
