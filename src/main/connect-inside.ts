import type { InsideConnection, InsideTarget } from "../engine/inside-connection.ts";
import { cancelled } from "../errors/engine-error.ts";
import { ByteQueue } from "../http/byte-queue.ts";
import { SocketWriter } from "../http/socket-writer.ts";
import { connectInNamespace } from "../sys/namespace-connection.ts";

/** A connection made inside a network namespace, as a stream with back-pressure both ways. */
export async function connectInside(
  namespace: string,
  target: InsideTarget,
  signal: AbortSignal,
): Promise<InsideConnection> {
  let socket: Bun.Socket | undefined;
  let writer: SocketWriter | undefined;
  const incoming = new ByteQueue({ onPause: () => socket?.pause(), onResume: () => socket?.resume() });
  socket = await connectInNamespace(
    namespace,
    { ...target, host: target.host === "localhost" ? "127.0.0.1" : target.host },
    {
      data: (_, bytes) => incoming.push(bytes),
      drain: () => writer?.drained(),
      end: () => incoming.end(),
      close: (_, error) => {
        incoming.end(error ? cancelled("the other side broke the connection off", error) : undefined);
        writer?.close();
      },
      error: (_, error) => incoming.end(error),
    },
    signal,
  );
  const connection = socket;
  writer = new SocketWriter(connection);
  const out = writer;
  signal.addEventListener("abort", () => connection.terminate(), { once: true });
  return {
    readable: incoming.stream(),
    write: (bytes) => out.write(bytes),
    closeWrite: () => out.shutdown(),
    close: () => connection.terminate(),
  };
}
