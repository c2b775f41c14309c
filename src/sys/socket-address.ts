import { isIPv6 } from "node:net";
import { networkInterfaces } from "node:os";
import { addressBytes } from "../lib/ip.ts";

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

/** A link's number, by name or by the number itself. */
function scopeOf(zone: string): number {
  if (/^\d+$/.test(zone)) return Number(zone);
  for (const info of networkInterfaces()[zone] ?? []) {
    if (info.family === "IPv6" && info.scopeid) return info.scopeid;
  }
  return 0;
}
