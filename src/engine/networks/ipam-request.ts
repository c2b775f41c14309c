import { invalidArgument, messageOf } from "../../errors/engine-error.ts";
import {
  contains,
  familyOf,
  formatSubnet,
  overlap,
  parseAddress,
  parseSubnet,
  type Subnet,
} from "../../lib/ip.ts";
import type { IpamPool } from "../../records/network-record.ts";

/** Everything wrong with the pools a user asks for, all at once, in Docker's words. */
export function checkPools(pools: readonly IpamPool[]): void {
  const problems = pools.flatMap(problemsOf);
  if (problems.length > 0) throw invalidArgument(`invalid network config:\n${problems.join("\n")}`);
}

function problemsOf(pool: IpamPool): string[] {
  const subnet = tryParse(pool.subnet);
  if (!subnet) return [`invalid subnet ${pool.subnet}: invalid CIDR block notation`];
  return [
    ...(isMasked(pool.subnet, subnet)
      ? []
      : [`invalid subnet ${pool.subnet}: it should be ${formatSubnet(subnet)}`]),
    ...(pool.ipRange ? rangeProblems(pool.ipRange, subnet) : []),
    ...(pool.gateway ? addressProblems(`gateway ${pool.gateway}`, pool.gateway, subnet) : []),
    ...Object.entries(pool.auxAddresses ?? {}).flatMap(([name, address]) =>
      addressProblems(`auxiliary address ${name}`, address, subnet),
    ),
  ];
}

function tryParse(text: string): Subnet | undefined {
  try {
    return parseSubnet(text);
  } catch {
    return undefined;
  }
}

const isMasked = (text: string, subnet: Subnet): boolean =>
  parseAddress(text.split("/", 1)[0] ?? "").value === subnet.first;

function rangeProblems(text: string, subnet: Subnet): string[] {
  const problem = (reason: string) => `invalid ip-range ${text}: ${reason}`;
  const range = tryParse(text);
  if (!range) return [problem("invalid CIDR block notation")];
  if (range.family !== subnet.family) return [problem(`parent subnet is an IPv${subnet.family} block`)];
  const parent = formatSubnet(subnet);
  return [
    ...(range.prefixLength < subnet.prefixLength
      ? [problem(`CIDR block is bigger than its parent subnet ${parent}`)]
      : []),
    ...(isMasked(text, range) ? [] : [problem(`it should be ${formatSubnet(range)}`)]),
    ...(overlap(range, subnet) ? [] : [problem(`parent subnet ${parent} doesn't contain ip-range`)]),
  ];
}

function addressProblems(what: string, text: string, subnet: Subnet): string[] {
  try {
    const address = parseAddress(text);
    if (address.family !== subnet.family)
      return [`invalid ${what}: parent subnet is an IPv${subnet.family} block`];
    if (contains(subnet, address)) return [];
    return [`invalid ${what}: parent subnet ${formatSubnet(subnet)} doesn't contain this address`];
  } catch {
    return [`invalid ${what}: invalid address`];
  }
}

/** What is wrong with one address a container asks for on a network, or nothing. */
export function staticAddressProblem(
  address: string,
  family: 4 | 6,
  pools: readonly IpamPool[],
): string | undefined {
  try {
    if (parseAddress(address).family !== family) return `invalid IPv${family} address: ${address}`;
  } catch (error) {
    return messageOf(error);
  }
  const own = pools.filter((pool) => familyOf(pool.subnet) === family);
  const chosen = own.filter((pool) => !pool.automatic);
  if (chosen.length === 0) {
    return "user specified IP address is supported only when connecting to networks with user configured subnets";
  }
  if (chosen.some((pool) => contains(parseSubnet(pool.subnet), parseAddress(address)))) return undefined;
  return `no configured subnet or ip-range contain the IP address ${address}`;
}
