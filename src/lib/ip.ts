import { isIPv6 } from "node:net";
import { invalidArgument } from "../errors/engine-error.ts";

/** Addresses as numbers, so that one arithmetic serves both families. */
export type Family = 4 | 6;

export interface IpAddress {
  readonly family: Family;
  readonly value: bigint;
}

/** A network: `first` is its lowest address. */
export interface Subnet {
  readonly family: Family;
  readonly first: bigint;
  readonly prefixLength: number;
}

export const bitsOf = (family: Family): number => (family === 4 ? 32 : 128);
export const familyOf = (text: string): Family => (text.includes(":") ? 6 : 4);

const sizeOf = ({ family, prefixLength }: Pick<Subnet, "family" | "prefixLength">): bigint =>
  1n << BigInt(bitsOf(family) - prefixLength);

export const lastOf = (subnet: Subnet): bigint => subnet.first + sizeOf(subnet) - 1n;

export function isIpv4(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

/** Without a zone: an address of a network has none. */
export const isIpv6 = (text: string): boolean => isIPv6(text) && !text.includes("%");

export function parseAddress(text: string): IpAddress {
  if (isIpv4(text)) return { family: 4, value: ipv4Value(text) };
  if (isIpv6(text)) return { family: 6, value: ipv6Value(text) };
  throw invalidArgument(`invalid IPv${familyOf(text)} address: ${JSON.stringify(text)}`);
}

function ipv4Value(text: string): bigint {
  return text.split(".").reduce((value, part) => value * 256n + BigInt(part), 0n);
}

/** `2001:db8::1`, `::ffff:10.0.0.1` (RFC 4291, 2.2). */
function ipv6Value(text: string): bigint {
  const hex = text.replace(/\d+\.\d+\.\d+\.\d+$/, (tail) => {
    const value = ipv4Value(tail);
    return `${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`;
  });
  const [before = "", after] = hex.split("::");
  const groups = (part: string | undefined) => (part ? part.split(":") : []);
  const [head, tail] = [groups(before), groups(after)];
  const zeros = after === undefined ? [] : Array<string>(8 - head.length - tail.length).fill("0");
  return [...head, ...zeros, ...tail].reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}

export function formatAddress({ family, value }: IpAddress): string {
  return family === 4 ? groupsOf(value, 4, 8n).join(".") : formatIpv6(value);
}

function groupsOf(value: bigint, count: number, bits: bigint): number[] {
  return Array.from({ length: count }, (_, at) =>
    Number((value >> (bits * BigInt(count - 1 - at))) & ((1n << bits) - 1n)),
  );
}

/** The one way to write it of RFC 5952: the longest run of at least two zeros becomes `::`. */
function formatIpv6(value: bigint): string {
  const words = groupsOf(value, 8, 16n).map((word) => word.toString(16));
  let best = { start: 0, length: 0 };
  for (let start = 0; start < 8; start++) {
    let end = start;
    while (words[end] === "0") end++;
    if (end - start > Math.max(best.length, 1)) best = { start, length: end - start };
  }
  if (best.length === 0) return words.join(":");
  return `${words.slice(0, best.start).join(":")}::${words.slice(best.start + best.length).join(":")}`;
}

/** The address in network order. */
export function addressBytes(text: string): Buffer {
  const { family, value } = parseAddress(text);
  return Buffer.from(value.toString(16).padStart(bitsOf(family) / 4, "0"), "hex");
}

/** Four or sixteen bytes in network order as text; empty when there are none. */
export function bytesAddress(bytes: Buffer | undefined): string {
  if (bytes?.length !== 4 && bytes?.length !== 16) return "";
  return formatAddress({ family: bytes.length === 4 ? 4 : 6, value: BigInt(`0x${bytes.toString("hex")}`) });
}

/** `10.1.2.0/24`, `fd00::/64`. Bits below the prefix are cut off, as a route does. */
export function parseSubnet(text: string): Subnet {
  const [address = "", length = ""] = text.split("/");
  if ((!isIpv4(address) && !isIpv6(address)) || !/^\d{1,3}$/.test(length)) throw invalidSubnet(text);
  const { family, value } = parseAddress(address);
  const prefixLength = Number(length);
  if (prefixLength > bitsOf(family)) throw invalidSubnet(text);
  const size = sizeOf({ family, prefixLength });
  return { family, first: (value / size) * size, prefixLength };
}

const invalidSubnet = (text: string) => invalidArgument(`invalid CIDR address: ${text}`);

export const formatSubnet = ({ family, first, prefixLength }: Subnet): string =>
  `${formatAddress({ family, value: first })}/${prefixLength}`;

export const contains = (subnet: Subnet, address: IpAddress): boolean =>
  address.family === subnet.family && address.value >= subnet.first && address.value <= lastOf(subnet);

export const overlap = (a: Subnet, b: Subnet): boolean =>
  a.family === b.family && a.first <= lastOf(b) && b.first <= lastOf(a);

/** The last address of the subnet that an IPv4 address with this prefix length is in. */
export function broadcastOf(address: string, prefixLength: number): string {
  return formatAddress({ family: 4, value: lastOf(parseSubnet(`${address}/${prefixLength}`)) });
}
