import { invalidArgument } from "../errors/engine-error.ts";

/** An IPv4 network as numbers: `first` is the network address. */
export interface Subnet {
  readonly first: number;
  readonly prefixLength: number;
}

const sizeOf = (subnet: Subnet): number => 2 ** (32 - subnet.prefixLength);
export const lastOf = (subnet: Subnet): number => subnet.first + sizeOf(subnet) - 1;

export function isIpv4(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

export function parseAddress(text: string): number {
  if (!isIpv4(text)) throw invalidArgument(`invalid IPv4 address: ${JSON.stringify(text)}`);
  return text.split(".").reduce((value, part) => value * 256 + Number(part), 0);
}

export function formatAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}

/** `10.1.2.0/24`. Bits below the prefix are cut off, as a route does. */
export function parseSubnet(text: string): Subnet {
  const [address = "", length = ""] = text.split("/");
  if (!isIpv4(address) || !/^\d{1,2}$/.test(length) || Number(length) > 32) {
    throw invalidArgument(`invalid CIDR address: ${text}`);
  }
  const size = 2 ** (32 - Number(length));
  return { first: Math.floor(parseAddress(address) / size) * size, prefixLength: Number(length) };
}

export const formatSubnet = (subnet: Subnet): string =>
  `${formatAddress(subnet.first)}/${subnet.prefixLength}`;

export const contains = (subnet: Subnet, address: number): boolean =>
  address >= subnet.first && address <= lastOf(subnet);

export const overlap = (a: Subnet, b: Subnet): boolean => a.first <= lastOf(b) && b.first <= lastOf(a);

/** The hardware address Docker gives an interface: 02:42 and the four bytes of its IP address. */
export function macFor(address: string): string {
  const bytes = address.split(".").map((part) => Number(part).toString(16).padStart(2, "0"));
  return ["02", "42", ...bytes].join(":");
}

/** A hardware address one interface can have (no group address), in the usual spelling. */
export function parseMac(text: string): string {
  const mac = text.toLowerCase().replaceAll("-", ":");
  const isUnicast = (Number.parseInt(mac.slice(0, 2), 16) & 1) === 0;
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(mac) || !isUnicast || mac === "00:00:00:00:00:00") {
    throw invalidArgument(`invalid MAC address: ${JSON.stringify(text)}`);
  }
  return mac;
}
