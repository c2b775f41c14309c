import { bindLibc, checked, errno, kernelError } from "./libc.ts";
import { ipv4Bytes } from "./netlink/message.ts";

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

/** `struct sockaddr_in` */
export function socketAddress(address: string, port: number): Buffer {
  const data = Buffer.alloc(16);
  data.writeUInt16LE(AF_INET, 0);
  data.writeUInt16BE(port, 2);
  ipv4Bytes(address).copy(data, 4);
  return data;
}

/**
 * Takes a port by a real socket; port 0 lets the kernel choose. A connection-oriented one
 * listens, because bound sockets that do not listen may share a port. Traffic never gets
 * there: the forwarding rules act before a socket is looked up. Throws the kernel's error
 * (`errnoOf` EADDRINUSE, EADDRNOTAVAIL, EPROTONOSUPPORT).
 */
export function reservePort(protocol: TransportProtocol, address: string, port: number): PortReservation {
  const action = `reserve ${protocol} port ${address}:${port}`;
  const { type, protocol: number } = kinds[protocol];
  const fd = checked(action, libc().socket(AF_INET, type | SOCK_CLOEXEC, number));
  try {
    if (protocol !== "udp") {
      // Old connections in TIME_WAIT do not stand in the way; another listener still does.
      libc().setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, new Uint8Array([1, 0, 0, 0]), 4);
    }
    const wanted = socketAddress(address, port);
    checked(action, libc().bind(fd, wanted, wanted.length));
    if (protocol !== "udp") checked(action, libc().listen(fd, 1));
    const given = Buffer.alloc(16);
    const length = Buffer.from([16, 0, 0, 0]);
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
