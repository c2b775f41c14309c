import { invalidArgument, unavailable } from "../errors/engine-error.ts";
import {
  bitsOf,
  type Family,
  familyOf,
  formatSubnet,
  lastOf,
  overlap,
  parseSubnet,
  type Subnet,
} from "../lib/ip.ts";

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

/** The same space for networks users make, in pieces small enough for thousands of them. */
export const smallPools: readonly AddressPool[] = [
  { base: "172.18.0.0/15", size: 24 },
  { base: "172.20.0.0/14", size: 24 },
  { base: "172.24.0.0/14", size: 24 },
  { base: "172.28.0.0/14", size: 24 },
  { base: "192.168.0.0/16", size: 24 },
];

/** A /48 of this engine's own (RFC 4193), the same at every start; its networks are /64. */
export function uniqueLocalPool(seed: string): AddressPool {
  const id = new Bun.CryptoHasher("sha256").update(seed).digest("hex").slice(0, 10);
  return { base: `fd${id.slice(0, 2)}:${id.slice(2, 6)}:${id.slice(6, 10)}::/48`, size: 64 };
}

/** The first network of the pools that overlaps nothing in use. */
export function choosePool(pools: readonly AddressPool[], family: Family, inUse: readonly string[]): string {
  const taken = inUse.map(parseSubnet).filter((subnet) => subnet.prefixLength > 0);
  for (const pool of pools) {
    if (familyOf(pool.base) !== family) continue;
    const base = parseSubnet(pool.base);
    if (pool.size < base.prefixLength || pool.size > bitsOf(family) - 2) {
      throw invalidArgument(
        `invalid address pool: a network of /${pool.size} cannot be cut from ${pool.base}`,
      );
    }
    const found = firstFree(base, pool.size, taken);
    if (found) return formatSubnet(found);
  }
  throw unavailable(
    `could not find an available, non-overlapping IPv${family} address pool among the defaults to assign to the network`,
  );
}

function firstFree(base: Subnet, prefixLength: number, taken: readonly Subnet[]): Subnet | undefined {
  const { family } = base;
  const step = 1n << BigInt(bitsOf(family) - prefixLength);
  for (let first = base.first; first + step - 1n <= lastOf(base); ) {
    const candidate: Subnet = { family, first, prefixLength };
    const obstacle = taken.find((subnet) => overlap(subnet, candidate));
    if (!obstacle) return candidate;
    // Go on behind the obstacle, however large it is.
    const behind = ((lastOf(obstacle) + step) / step) * step;
    first = behind > first + step ? behind : first + step;
  }
  return undefined;
}
