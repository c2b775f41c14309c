import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import type { RegistryAddress } from "./registry-address.ts";

/** Trusted without being asked for, as Docker does: nobody can listen in between. */
const loopback = ["127.0.0.0/8", "::1/128"];

export type Resolve = (hostname: string) => Promise<readonly string[]>;

/**
 * Whether a registry may be talked to without verified TLS: named by an operator as
 * `host[:port]`, or all of its addresses in a named range or in the loopback ranges.
 */
export async function isInsecure(
  { host, hostname }: RegistryAddress,
  configured: readonly string[],
  resolve: Resolve = resolveHost,
): Promise<boolean> {
  if (configured.some((entry) => entry.toLowerCase() === host.toLowerCase())) return true;
  const ranges = new BlockList();
  for (const entry of [...loopback, ...configured]) {
    const [network = "", bits] = entry.split("/");
    const family = isIP(network);
    if (family === 0 || bits === undefined) continue;
    ranges.addSubnet(network, Number(bits), family === 6 ? "ipv6" : "ipv4");
  }
  const addresses = await resolve(hostname);
  return addresses.length > 0 && addresses.every((address) => inside(ranges, address));
}

function inside(ranges: BlockList, address: string): boolean {
  return ranges.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

/** No address at all when the name is unknown: connecting says so in its own words. */
export async function resolveHost(hostname: string): Promise<readonly string[]> {
  if (isIP(hostname)) return [hostname];
  try {
    return (await lookup(hostname, { all: true })).map(({ address }) => address);
  } catch {
    return [];
  }
}
