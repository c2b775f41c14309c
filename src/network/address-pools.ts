import { invalidArgument, unavailable } from "../errors/engine-error.ts";
import { formatSubnet, lastOf, overlap, parseSubnet, type Subnet } from "./ipv4.ts";

/** `--default-address-pool base=10.10.0.0/16,size=24`: networks of `size` are cut from `base`. */
export interface AddressPool {
  readonly base: string;
  readonly size: number;
}

/** Docker's own list: the default bridge lands on 172.17.0.0/16 unless that is taken. */
export const dockerPools: readonly AddressPool[] = [
  { base: "172.17.0.0/16", size: 16 },
  { base: "172.18.0.0/16", size: 16 },
  { base: "172.19.0.0/16", size: 16 },
  { base: "172.20.0.0/14", size: 16 },
  { base: "172.24.0.0/14", size: 16 },
  { base: "172.28.0.0/14", size: 16 },
  { base: "192.168.0.0/16", size: 20 },
];

/** The first network of the pools that overlaps nothing in use. */
export function choosePool(pools: readonly AddressPool[], inUse: readonly string[]): string {
  const taken = inUse.map(parseSubnet).filter((subnet) => subnet.prefixLength > 0);
  for (const pool of pools) {
    const base = parseSubnet(pool.base);
    if (pool.size < base.prefixLength || pool.size > 30) {
      throw invalidArgument(
        `invalid address pool: a network of /${pool.size} cannot be cut from ${pool.base}`,
      );
    }
    const found = firstFree(base, pool.size, taken);
    if (found) return formatSubnet(found);
  }
  throw unavailable(
    "could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network",
  );
}

function firstFree(base: Subnet, prefixLength: number, taken: readonly Subnet[]): Subnet | undefined {
  const step = 2 ** (32 - prefixLength);
  for (let first = base.first; first + step - 1 <= lastOf(base); ) {
    const candidate = { first, prefixLength };
    const obstacle = taken.find((subnet) => overlap(subnet, candidate));
    if (!obstacle) return candidate;
    // Go on behind the obstacle, however large it is.
    first = Math.max(first + step, Math.ceil((lastOf(obstacle) + 1) / step) * step);
  }
  return undefined;
}
