import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import type { Socket } from "bun";

export interface SocketEvents {
  data(bytes: Uint8Array): void;
  /** There is room for more after a write that did not take all. */
  drain(): void;
  /** The connection is over, for whatever reason; called once. */
  close(): void;
}

export type UnixSocket = Socket<undefined>;

/** What fits into sockaddr_un with its closing zero. */
const longestPath = 107;

/**
 * Connects to a unix socket in a directory. A path too long for a socket address goes
 * by way of the directory's descriptor. Rejects when nobody listens.
 */
export async function connectUnix(
  directory: string,
  name: string,
  events: SocketEvents,
): Promise<UnixSocket> {
  const path = join(directory, name);
  if (Buffer.byteLength(path) <= longestPath) return await connectPath(path, events);
  const fd = openSync(directory, "r");
  try {
    return await connectPath(`/proc/self/fd/${fd}/${name}`, events);
  } finally {
    closeSync(fd);
  }
}

async function connectPath(path: string, events: SocketEvents): Promise<UnixSocket> {
  return await Bun.connect<undefined>({
    unix: path,
    data: undefined,
    socket: {
      data: (_, bytes) => events.data(bytes),
      drain: () => events.drain(),
      close: () => events.close(),
      end: (socket) => void socket.end(),
      error: () => undefined,
      connectError: () => undefined,
    },
  });
}
