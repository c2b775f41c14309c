import type { InsideConnection } from "../engine/context.ts";
import { connectInNamespace } from "../sys/namespace-connection.ts";

/** A connection made inside a network namespace, as a stream. */
export async function connectInside(
  namespace: string,
  host: string,
  port: number,
  signal: AbortSignal,
): Promise<InsideConnection> {
  const incoming = new TransformStream<Uint8Array, Uint8Array>();
  const writer = incoming.writable.getWriter();
  const end = () => void writer.close().catch(() => {});
  const socket = await connectInNamespace(
    namespace,
    host === "localhost" ? "127.0.0.1" : host,
    port,
    {
      data: (_, chunk) => void writer.write(new Uint8Array(chunk)).catch(() => {}),
      end,
      close: end,
      error: end,
    },
    signal,
  );
  signal.addEventListener("abort", () => socket.terminate(), { once: true });
  return {
    readable: incoming.readable,
    async write(bytes) {
      socket.write(bytes);
      socket.flush();
    },
    close: () => socket.terminate(),
  };
}
