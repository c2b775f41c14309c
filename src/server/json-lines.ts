import { type Reply, streamReply } from "../http/reply.ts";
import { errorLine } from "./errors/to-stream.ts";

/**
 * A stream of JSON values, one a line, as they come. The head goes out at once. What
 * `produce` throws becomes the last line; its signal is aborted when the client leaves.
 */
export function jsonLines(
  requestId: number,
  produce: (send: (value: object | string) => Promise<void>, signal: AbortSignal) => Promise<void>,
): Reply {
  const gone = new AbortController();
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>(undefined, {
    highWaterMark: 16,
  });
  const writer = writable.getWriter();
  writer.closed.catch(() => gone.abort());
  const send = (value: object | string): Promise<void> =>
    writer.write(Buffer.from(`${typeof value === "string" ? value : JSON.stringify(value)}\r\n`));
  const run = async (): Promise<void> => {
    try {
      await produce(send, gone.signal);
    } catch (error) {
      if (gone.signal.aborted) return;
      await send(errorLine(error, requestId));
    }
    await writer.close();
  };
  run().catch(() => gone.abort());
  return streamReply(200, readable, { "Content-Type": "application/json" });
}
