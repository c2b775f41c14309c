import { addressBytes } from "../lib/ip.ts";
import { errnoOf } from "./errno-of.ts";
import { bindLibc, checked, errno, kernelError } from "./libc.ts";

const libc = bindLibc({
  socket: { args: ["i32", "i32", "i32"], returns: "i32" },
  setsockopt: { args: ["i32", "i32", "i32", "ptr", "u32"], returns: "i32" },
  bind: { args: ["i32", "ptr", "u32"], returns: "i32" },
  listen: { args: ["i32", "i32"], returns: "i32" },
  getsockname: { args: ["i32", "ptr", "ptr"], returns: "i32" },
  close: { args: ["i32"], returns: "i32" },
});

export type TransportProtocol = "tcp" | "udp" | "sctp";

const AF_INET = 2;
const AF_INET6 = 10;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const kinds = {
  tcp: { type: 1, protocol: 6 },
  udp: { type: 2, protocol: 17 },
  sctp: { type: 1, protocol: 132 },
} as const;

/** A port of the host that belongs to us: nobody else can bind it while this is held. */
export interface PortReservation {
  readonly protocol: TransportProtocol;
  readonly address: string;
  readonly port: number;
  release(): void;
}

/** `struct sockaddr_in` or `struct sockaddr_in6` */
export function socketAddress(address: string, port: number): Buffer {
  const isIpv6 = address.includes(":");
  const data = Buffer.alloc(isIpv6 ? 28 : 16);
  data.writeUInt16LE(isIpv6 ? AF_INET6 : AF_INET, 0);
  data.writeUInt16BE(port, 2);
  addressBytes(address).copy(data, isIpv6 ? 8 : 4);
  return data;
}

/**
 * Takes a port by a real socket; port 0 lets the kernel choose. Traffic never gets there: the
 * forwarding rules act before a socket is looked up. Throws the kernel's error (`errnoOf`
 * EADDRINUSE, EADDRNOTAVAIL, EPROTONOSUPPORT, EAFNOSUPPORT).
 */
export function reservePort(protocol: TransportProtocol, address: string, port: number): PortReservation {
  if (!address.includes(":")) return bindPort(protocol, address, port, protocol !== "udp");
  // On IPv6 the host's own [::1] cannot be rewritten: who asks there must be refused at once
  // instead of waiting for a listener that never accepts.
  try {
    return bindPort(protocol, address, port, false);
  } catch (error) {
    if (errnoOf(error) !== "EADDRINUSE" || protocol === "udp") throw error;
    return bindPort(protocol, address, port, true);
  }
}

/**
 * With `listens` old connections in TIME_WAIT do not stand in the way, another listener does.
 * It has to listen then: sockets that only share an address on the same terms may share a port.
 */
function bindPort(
  protocol: TransportProtocol,
  address: string,
  port: number,
  listens: boolean,
): PortReservation {
  const action = `reserve ${protocol} port ${address}:${port}`;
  const { type, protocol: number } = kinds[protocol];
  const family = address.includes(":") ? AF_INET6 : AF_INET;
  const fd = checked(action, libc().socket(family, type | SOCK_CLOEXEC, number));
  try {
    if (family === AF_INET6) libc().setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, one, 4);
    if (listens) libc().setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, one, 4);
    const wanted = socketAddress(address, port);
    checked(action, libc().bind(fd, wanted, wanted.length));
    if (listens) checked(action, libc().listen(fd, 1));
    const given = Buffer.alloc(28);
    const length = Buffer.from([28, 0, 0, 0]);
    if (libc().getsockname(fd, given, length) !== 0) throw kernelError(action, errno());
    let held = true;
    return {
      protocol,
      address,
      port: given.readUInt16BE(2),
      release: () => {
        if (held) libc().close(fd);
        held = false;
      },
    };
  } catch (error) {
    libc().close(fd);
    throw error;
  }
}

const one = new Uint8Array([1, 0, 0, 0]);
