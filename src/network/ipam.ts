import { conflict, invalidArgument, unavailable } from "../errors/engine-error.ts";
import {
  contains,
  type Family,
  familyOf,
  formatAddress,
  type IpAddress,
  lastOf,
  parseAddress,
  parseSubnet,
  type Subnet,
} from "../lib/ip.ts";
import type { IpamPool, NetworkRecord } from "../records/network-record.ts";
import type { NetworkTable } from "../records/records.ts";

/** A pool of a network that addresses come from. */
export interface Pool {
  readonly subnet: Subnet;
  readonly gateway: string;
  readonly range: Subnet;
  /** Never given away: gateway and auxiliary addresses. */
  readonly reserved: ReadonlySet<bigint>;
}

export function poolsOf(network: NetworkRecord, family: Family): Pool[] {
  return network.ipam.pools.filter((pool) => familyOf(pool.subnet) === family).map(parsePool);
}

/** The smallest network has two addresses beside its first and last one. */
const longestPrefix = { 4: 30, 6: 126 } as const;

export function parsePool(pool: IpamPool): Pool {
  const subnet = parseSubnet(pool.subnet);
  if (subnet.prefixLength > longestPrefix[subnet.family])
    throw invalidArgument(`subnet ${pool.subnet} is too small for a network`);
  const range = pool.ipRange ? parseSubnet(pool.ipRange) : subnet;
  if (range.family !== subnet.family || range.first < subnet.first || lastOf(range) > lastOf(subnet)) {
    throw invalidArgument(`no matching subnet for range ${pool.ipRange}`);
  }
  const reserved = new Set<bigint>();
  for (const [name, address] of Object.entries(pool.auxAddresses ?? {})) {
    const value = parseAddress(address);
    if (!contains(subnet, value)) {
      throw invalidArgument(`no matching subnet for aux-address ${address} (${name})`);
    }
    reserved.add(value.value);
  }
  const gateway = gatewayOf(pool, { subnet, range, reserved });
  return { subnet, gateway: formatAddress(gateway), range, reserved: reserved.add(gateway.value) };
}

/** Where the user names none, the first address that containers could have had. */
function gatewayOf(pool: IpamPool, rest: Omit<Pool, "gateway">): IpAddress {
  const { subnet } = rest;
  if (!pool.gateway) {
    const value = chooseAddress(rest, new Set());
    if (value === undefined) throw invalidArgument(`subnet ${pool.subnet} has no address left for a gateway`);
    return { family: subnet.family, value };
  }
  const gateway = parseAddress(pool.gateway);
  if (!contains(subnet, gateway)) throw invalidArgument(`no matching subnet for gateway ${pool.gateway}`);
  return gateway;
}

/** The lowest free address, as Docker gives them; never the first and the last of the subnet. Pure. */
export function chooseAddress(pool: Omit<Pool, "gateway">, taken: ReadonlySet<bigint>): bigint | undefined {
  const [first, last] = [pool.subnet.first + 1n, lastOf(pool.subnet) - 1n];
  const from = pool.range.first < first ? first : pool.range.first;
  const to = lastOf(pool.range) > last ? last : lastOf(pool.range);
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
  family: Family,
  wanted: string | undefined,
): TakenAddress {
  const taken = new Set(
    table
      .addresses(network.id)
      .filter((record) => familyOf(record.address) === family)
      .map((record) => parseAddress(record.address).value),
  );
  for (const pool of poolsOf(network, family)) {
    const value = wanted === undefined ? chooseAddress(pool, taken) : checkWanted(pool, wanted, taken);
    if (value === undefined) continue;
    const address = formatAddress({ family, value });
    table.takeAddress({ networkId: network.id, address, containerId });
    return { address, prefixLength: pool.subnet.prefixLength, gateway: pool.gateway };
  }
  if (wanted !== undefined) {
    throw invalidArgument(
      `invalid config for network ${network.name}: no configured subnet contains IP address ${wanted}`,
    );
  }
  throw unavailable(
    `no available IPv${family} addresses on this network's address pools: ${network.name} (${network.id})`,
  );
}

function checkWanted(pool: Pool, wanted: string, taken: ReadonlySet<bigint>): bigint | undefined {
  const address = parseAddress(wanted);
  if (!contains(pool.subnet, address)) return undefined;
  const { value } = address;
  const isEdge = value === pool.subnet.first || value === lastOf(pool.subnet);
  if (isEdge || pool.reserved.has(value) || taken.has(value)) throw conflict("Address already in use");
  return value;
}
