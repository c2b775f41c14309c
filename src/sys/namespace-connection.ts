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
const SOCK_STREAM_NONBLOCK_CLOEXEC = 1 | 0o4000 | 0o2000000;
const SOL_SOCKET = 1;
const SO_ERROR = 4;
const POLLOUT = 4;

/**
 * A TCP connection made from inside a network namespace, so that it reaches what listens on
 * the container's own loopback too. Only the socket is opened in there (a socket stays in
 * the namespace of its birth); connecting and everything after happens here.
 */
export async function connectInNamespace<Data = undefined>(
  path: string,
  host: string,
  port: number,
  handlers: Bun.SocketHandler<Data>,
  signal: AbortSignal,
): Promise<Bun.Socket<Data>> {
  signal.throwIfAborted();
  const action = `connect to ${host}:${port} in the container`;
  const address = socketAddress(host, port);
  const fd = socketInNamespace(path, { family: AF_INET, type: SOCK_STREAM_NONBLOCK_CLOEXEC, protocol: 0 });
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
  const options: Bun.FdSocketOptions<Data> = { fd, socket: handlers };
  return Bun.connect<Data>(options as Bun.FdSocketOptions<Data> & Bun.UnixSocketOptions<Data>);
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
