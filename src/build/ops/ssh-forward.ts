import { createServer, type Socket } from "node:net";
import { messageOf } from "../../errors/engine-error.ts";
import { log } from "../../lib/log.ts";
import type { SshAgent } from "../build-request.ts";

/** A socket for one step; each connection to it is one to the user's agent, as long as the step runs. */
export async function forwardAgent(
  agent: SshAgent,
  path: string,
  signal: AbortSignal,
): Promise<AsyncDisposable> {
  const sockets = new Set<Socket>();
  const ended = new AbortController();
  const any = AbortSignal.any([signal, ended.signal]);
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    connect(agent, socket, any).catch((error) => {
      log.debug(`forwarding an ssh agent: ${messageOf(error)}`);
      socket.destroy();
    });
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(path, resolve);
  await promise;
  return {
    [Symbol.asyncDispose]: async () => {
      ended.abort();
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

async function connect(agent: SshAgent, socket: Socket, signal: AbortSignal): Promise<void> {
  socket.pause();
  const { readable, writable } = await agent.connect(signal);
  const asking = (async () => {
    const writer = writable.getWriter();
    try {
      for await (const bytes of socket) await writer.write(bytes);
    } finally {
      // However the step left: the user's side hears of it, and ends its own connection.
      await writer.close();
    }
  })();
  // It is waited for below, which may be long after its failure.
  asking.catch(() => socket.destroy());
  for await (const bytes of readable) {
    if (socket.destroyed) break;
    if (!socket.write(bytes)) await drained(socket);
  }
  socket.end();
  await asking;
}

function drained(socket: Socket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const go = () => {
    socket.off("drain", go);
    socket.off("close", go);
    resolve();
  };
  socket.on("drain", go);
  socket.on("close", go);
  if (socket.destroyed) go();
  return promise;
}
