import { invalidArgument } from "../errors/engine-error.ts";
import { addressBytes } from "../lib/ip.ts";

/** The hardware address Docker gives an interface: 02:42 and the four bytes of its IP address. */
export function macFor(address: string): string {
  const bytes = addressBytes(address);
  return formatMac([0x02, 0x42, ...(bytes.length === 4 ? bytes : mixed(bytes))]);
}

/** Of an IPv6 address all bytes count: neighbours may differ in any of them. 32-bit FNV-1a. */
function mixed(bytes: Uint8Array): number[] {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return [24, 16, 8, 0].map((shift) => (hash >>> shift) & 0xff);
}

const formatMac = (bytes: readonly number[]): string =>
  bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(":");

/** A hardware address one interface can have (no group address), in the usual spelling. */
export function parseMac(text: string): string {
  const mac = text.toLowerCase().replaceAll("-", ":");
  const isUnicast = (Number.parseInt(mac.slice(0, 2), 16) & 1) === 0;
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(mac) || !isUnicast || mac === "00:00:00:00:00:00") {
    throw invalidArgument(`invalid MAC address: ${JSON.stringify(text)}`);
  }
  return mac;
}

/** The address an interface gives itself on its own link, from its hardware address (RFC 4291, appendix A). */
export function linkLocalOf(mac: string): string {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = mac.split(":").map((byte) => Number.parseInt(byte, 16));
  const words = [((a ^ 2) << 8) | b, (c << 8) | 0xff, 0xfe00 | d, (e << 8) | f];
  return `fe80::${words.map((word) => word.toString(16)).join(":")}`;
}
