import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { unavailable } from "../errors/engine-error.ts";
import { bindLibc, checked, errno, errnoName, kernelError } from "./libc.ts";
import { socketInNamespace } from "./namespace-calls.ts";
import { socketAddress } from "./ports.ts";

const libc = bindLibc({
  connect: { args: ["i32", "ptr", "u32"], returns: "i32" },
  poll: { args: ["ptr", "u64", "i32"], returns: "i32" },
  getsockopt: { args: ["i32", "i32", "i32", "ptr", "ptr"], returns: "i32" },
  close: { args: ["i32"], returns: "i32" },
});

const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK_CLOEXEC = 0o4000 | 0o2000000;
const SOL_SOCKET = 1;
const SO_ERROR = 4;
const POLLOUT = 4;

/** What a socket inside of a namespace is for. */
export interface InsideTarget {
  /** A numeric IPv4 or IPv6 address. */
  readonly host: string;
  readonly port: number;
  readonly protocol: "tcp" | "udp";
}

/**
 * A connection made from inside a network namespace, so that it reaches what listens on
 * the container's own loopback too. Only the socket is opened in there (a socket stays in
 * the namespace of its birth); connecting and everything after happens here. Over UDP each
 * piece that is written or comes is one datagram.
 */
// trail: port-forward
export async function connectInNamespace<Data = undefined>(
  path: string,
  { host, port, protocol }: InsideTarget,
  handlers: Bun.SocketHandler<Data>,
  signal: AbortSignal,
): Promise<Bun.Socket<Data>> {
  signal.throwIfAborted();
  const family = host.includes(":") ? AF_INET6 : AF_INET;
  const action = `connect to ${host.includes(":") ? `[${host}]` : host}:${port} in the container`;
  const address = family === AF_INET6 ? socketAddress6(host, port) : socketAddress(host, port);
  if (protocol === "udp" && !isBoundInside(path, address)) {
    throw kernelError(action, constants.errno.ECONNREFUSED);
  }
  const kind = protocol === "tcp" ? SOCK_STREAM : SOCK_DGRAM;
  const fd = socketInNamespace(path, {
    family,
    type: kind | SOCK_NONBLOCK_CLOEXEC,
    protocol: 0,
  });
  try {
    if (libc().connect(fd, address, address.length) !== 0) {
      const code = errno();
      if (errnoName(code) !== "EINPROGRESS") throw kernelError(action, code);
    }
    await settled(fd, action, signal);
  } catch (error) {
    libc().close(fd);
    throw error;
  }
  // Bun.connect takes an open descriptor, which its types only say of Bun.listen.
  const options = { fd, socket: handlers, allowHalfOpen: true };
  return Bun.connect<Data>(options as Bun.FdSocketOptions<Data> & Bun.UnixSocketOptions<Data>);
}

/**
 * Whether anybody waits for datagrams there: a connect over UDP succeeds without. The tables
 * stand beside the namespace (`/proc/PID/ns/net`) and show each word of an address backwards.
 */
function isBoundInside(path: string, address: Buffer): boolean {
  const net = join(path, "../../net");
  const port = address.readUInt16BE(2).toString(16).toUpperCase().padStart(4, "0");
  const bytes = address.length === 16 ? address.subarray(4, 8) : address.subarray(8, 24);
  const words = Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readUInt32LE(i * 4));
  const own = words.map((word) => word.toString(16).toUpperCase().padStart(8, "0")).join("");
  const tables = `${readTable(join(net, "udp"))}${readTable(join(net, "udp6"))}`;
  const bound = [own, "00000000", "0".repeat(32)].map((text) => `${text}:${port} `);
  return tables.split("\n").some((line) => bound.some((text) => line.includes(`: ${text}`)));
}

function readTable(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

/** `struct sockaddr_in6` */
function socketAddress6(host: string, port: number): Buffer {
  const data = Buffer.alloc(28);
  data.writeUInt16LE(AF_INET6, 0);
  data.writeUInt16BE(port, 2);
  ipv6Bytes(host).copy(data, 8);
  return data;
}

function ipv6Bytes(text: string): Buffer {
  const [head = "", tail] = text.split("::");
  const words = (part: string) =>
    part === "" ? [] : part.split(":").map((word) => Number.parseInt(word, 16));
  const front = words(head);
  const back = words(tail ?? "");
  const all = [...front, ...Array(tail === undefined ? 0 : 8 - front.length - back.length).fill(0), ...back];
  const bytes = Buffer.alloc(16);
  for (const [i, word] of all.entries()) bytes.writeUInt16BE(word, i * 2);
  return bytes;
}

/** Within one namespace a handshake is over at once; the wait is for hosts that are further away. */
async function settled(fd: number, action: string, signal: AbortSignal): Promise<void> {
  const watched = Buffer.alloc(8);
  watched.writeInt32LE(fd, 0);
  watched.writeInt16LE(POLLOUT, 4);
  for (let wait = 1; libc().poll(watched, 1n, 0) === 0; wait = Math.min(wait * 2, 50)) {
    await Bun.sleep(wait);
    if (signal.aborted) throw unavailable(`${action}: no answer in time`, signal.reason);
  }
  const error = Buffer.alloc(4);
  checked(action, libc().getsockopt(fd, SOL_SOCKET, SO_ERROR, error, Buffer.from([4, 0, 0, 0])));
  const code = error.readInt32LE(0);
  if (code !== 0) throw kernelError(action, code);
}
