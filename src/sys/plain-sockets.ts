import { bindLibc, checked, errno, errnoName, kernelError } from "./libc.ts";
import { socketInNamespace } from "./namespace-calls.ts";
import { type SocketAddress, socketAddressOf } from "./socket-address.ts";

const libc = bindLibc({
  socket: { args: ["i32", "i32", "i32"], returns: "i32" },
  bind: { args: ["i32", "ptr", "u32"], returns: "i32" },
  connect: { args: ["i32", "ptr", "u32"], returns: "i32" },
  listen: { args: ["i32", "i32"], returns: "i32" },
  accept4: { args: ["i32", "ptr", "ptr", "i32"], returns: "i32" },
  recvfrom: { args: ["i32", "ptr", "usize", "i32", "ptr", "ptr"], returns: "i32" },
  sendto: { args: ["i32", "ptr", "usize", "i32", "ptr", "u32"], returns: "i32" },
  setsockopt: { args: ["i32", "i32", "i32", "ptr", "u32"], returns: "i32" },
  getsockopt: { args: ["i32", "i32", "i32", "ptr", "ptr"], returns: "i32" },
  close: { args: ["i32"], returns: "i32" },
});

const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK_CLOEXEC = 0o4000 | 0o2000000;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const SO_ERROR = 4;
const AF_UNIX = 1;

/**
 * Sockets as bare descriptors that never block, for `PollSet`. With `namespace`, the path of a
 * network namespace, a socket is opened inside and stays there, wherever its owner runs. It also
 * keeps the namespace alive, so its owner has to close it in time.
 */
export interface SocketPlace {
  readonly namespace?: string | undefined;
}

const on = new Uint8Array([1, 0, 0, 0]);

function open(family: number, type: number, place: SocketPlace): number {
  const kind = { family, type: type | SOCK_NONBLOCK_CLOEXEC, protocol: 0 };
  if (place.namespace !== undefined) return socketInNamespace(place.namespace, kind);
  return checked("open a socket", libc().socket(kind.family, kind.type, kind.protocol));
}

/** Runs `work` on a new socket and closes it again when that fails. */
function opened(family: number, type: number, place: SocketPlace, work: (fd: number) => void): number {
  const fd = open(family, type, place);
  try {
    work(fd);
    return fd;
  } catch (error) {
    libc().close(fd);
    throw error;
  }
}

/** A datagram socket bound to an address. */
export function bindDatagrams(address: SocketAddress, place: SocketPlace = {}): number {
  const data = socketAddressOf(address);
  return opened(data.readUInt16LE(0), SOCK_DGRAM, place, (fd) => {
    checked(`listen for datagrams on ${address.address}:${address.port}`, libc().bind(fd, data, data.length));
  });
}

/** A datagram socket, from a port the kernel chose, that hears this peer only. */
export function connectDatagrams(peer: SocketAddress, place: SocketPlace = {}): number {
  const data = socketAddressOf(peer);
  return opened(data.readUInt16LE(0), SOCK_DGRAM, place, (fd) => {
    checked(`send datagrams to ${peer.address}:${peer.port}`, libc().connect(fd, data, data.length));
  });
}

/** A connection that may still be on its way: writable means settled, `socketError` how. */
export function beginConnection(peer: SocketAddress, place: SocketPlace = {}): number {
  const data = socketAddressOf(peer);
  return opened(data.readUInt16LE(0), SOCK_STREAM, place, (fd) => {
    if (libc().connect(fd, data, data.length) === 0) return;
    const code = errno();
    if (errnoName(code) !== "EINPROGRESS") throw kernelError(`connect to ${peer.address}:${peer.port}`, code);
  });
}

export function listenStream(address: SocketAddress, place: SocketPlace = {}): number {
  const action = `listen on ${address.address}:${address.port}`;
  const data = socketAddressOf(address);
  return opened(data.readUInt16LE(0), SOCK_STREAM, place, (fd) => {
    libc().setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, on, 4);
    checked(action, libc().bind(fd, data, data.length));
    checked(action, libc().listen(fd, 64));
  });
}

/** A unix socket; nothing may be at `path`. */
export function listenUnix(path: string): number {
  const action = `listen on ${JSON.stringify(path)}`;
  const data = Buffer.alloc(110);
  data.writeUInt16LE(AF_UNIX, 0);
  const length = data.write(path, 2);
  if (length < Buffer.byteLength(path) || length > 107) throw kernelError(action, 36);
  return opened(AF_UNIX, SOCK_STREAM, {}, (fd) => {
    checked(action, libc().bind(fd, data, 2 + length + 1));
    checked(action, libc().listen(fd, 16));
  });
}

/** The next connection that waits, if one does. */
export function acceptConnection(fd: number): number | undefined {
  const accepted = libc().accept4(fd, null, null, SOCK_NONBLOCK_CLOEXEC);
  return accepted < 0 ? undefined : accepted;
}

/** How many bytes arrived in `into`: 0 is the end of a stream; undefined, nothing yet. Throws when it failed. */
export function receive(fd: number, into: Uint8Array): number | undefined {
  const length = libc().recvfrom(fd, into, into.length, MSG_DONTWAIT, null, null);
  return length < 0 ? waitOrThrow("receive") : length;
}

/** The sender's `struct sockaddr` of the last `receiveFrom`; valid until the next. */
const sender = Buffer.alloc(28);
const senderLength = Buffer.alloc(4);

/** Like `receive`, and keeps the sender for `answer`. */
export function receiveFrom(fd: number, into: Uint8Array): number | undefined {
  senderLength.writeUInt32LE(sender.length, 0);
  const length = libc().recvfrom(fd, into, into.length, MSG_DONTWAIT, sender, senderLength);
  return length < 0 ? waitOrThrow("receive a datagram") : length;
}

/** The sender of the last datagram, to answer later. */
export const lastSender = (): Uint8Array =>
  Uint8Array.prototype.slice.call(sender, 0, senderLength.readUInt32LE(0));

/** Answers the last datagram. Whether it was taken is nobody's business: datagrams get lost. */
export function answerLast(fd: number, data: Uint8Array): void {
  libc().sendto(fd, data, data.length, MSG_DONTWAIT, sender, senderLength.readUInt32LE(0));
}

export function answer(fd: number, data: Uint8Array, to: Uint8Array): void {
  libc().sendto(fd, data, data.length, MSG_DONTWAIT, to, to.length);
}

/** How many bytes a connected socket took; undefined: it has no room now. Throws when it failed. */
export function send(fd: number, data: Uint8Array): number | undefined {
  const length = libc().sendto(fd, data, data.length, MSG_DONTWAIT | MSG_NOSIGNAL, null, 0);
  return length < 0 ? waitOrThrow("send") : length;
}

/** What became of `beginConnection`: 0, or an errno. */
export function socketError(fd: number): number {
  const error = Buffer.alloc(4);
  checked("ask a socket", libc().getsockopt(fd, SOL_SOCKET, SO_ERROR, error, Buffer.from([4, 0, 0, 0])));
  return error.readInt32LE(0);
}

export function closeSocket(fd: number): void {
  libc().close(fd);
}

function waitOrThrow(action: string): undefined {
  const code = errno();
  const name = errnoName(code);
  if (name === "EAGAIN" || name === "EWOULDBLOCK" || name === "EINTR") return undefined;
  throw kernelError(action, code);
}
