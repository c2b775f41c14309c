import { isIPv6 } from "node:net";
import { networkInterfaces } from "node:os";

/** `fe80::1%eth0` is an address too: the part after `%` says on which link it is. */
export interface SocketAddress {
  readonly address: string;
  readonly port: number;
}

const AF_INET = 2;
const AF_INET6 = 10;

/** `struct sockaddr_in` or `sockaddr_in6`. */
export function socketAddressOf({ address, port }: SocketAddress): Buffer {
  const [host = "", zone] = address.split("%", 2);
  const isV6 = isIPv6(host);
  const data = Buffer.alloc(isV6 ? 28 : 16);
  data.writeUInt16LE(isV6 ? AF_INET6 : AF_INET, 0);
  data.writeUInt16BE(port, 2);
  data.set(addressBytes(host), isV6 ? 8 : 4);
  if (isV6 && zone !== undefined) data.writeUInt32LE(scopeOf(zone), 24);
  return data;
}

export function readSocketAddress(data: Uint8Array): SocketAddress {
  const view = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const isV6 = view.readUInt16LE(0) === AF_INET6;
  return {
    address: addressText(isV6 ? view.subarray(8, 24) : view.subarray(4, 8)),
    port: view.readUInt16BE(2),
  };
}

/** Four or sixteen bytes in network order; empty for what is no address. */
export function addressBytes(address: string): Uint8Array {
  if (!address.includes(":")) {
    const parts = address.split(".").map(Number);
    return parts.length === 4 && parts.every((part) => part >= 0 && part < 256)
      ? Uint8Array.from(parts)
      : new Uint8Array();
  }
  if (!isIPv6(address)) return new Uint8Array();
  // The WHATWG parser writes any form of IPv6 in its shortest, without dotted quads.
  const short = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [left = "", right] = short.split("::", 2);
  const words = (text: string) =>
    text === "" ? [] : text.split(":").map((word) => Number.parseInt(word, 16));
  const [before, after] = [words(left), right === undefined ? [] : words(right)];
  const all = [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
  return Uint8Array.from(all.flatMap((word) => [word >> 8, word & 0xff]));
}

export function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  const words: string[] = [];
  for (let at = 0; at < 16; at += 2) {
    words.push((((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)).toString(16));
  }
  return new URL(`http://[${words.join(":")}]`).hostname.slice(1, -1);
}

/** A link's number, by name or by the number itself. */
function scopeOf(zone: string): number {
  if (/^\d+$/.test(zone)) return Number(zone);
  for (const info of networkInterfaces()[zone] ?? []) {
    if (info.family === "IPv6" && info.scopeid) return info.scopeid;
  }
  return 0;
}
