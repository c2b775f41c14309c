import { type Reply, streamReply } from "../http/reply.ts";
import type { HttpRequest } from "../http/request.ts";
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

/**
 * The same, but the head goes out with the first line: what fails before is an answer of its
 * own, with a status that says so.
 */
export async function lateJsonLines(
  request: HttpRequest,
  produce: (send: (value: object | string) => Promise<void>, signal: AbortSignal) => Promise<void>,
): Promise<Reply> {
  const begun = Promise.withResolvers<Reply>();
  const go = Promise.withResolvers<(value: object | string) => Promise<void>>();
  let hasBegun = false;
  const begin = () => {
    if (hasBegun) return;
    hasBegun = true;
    const lines = jsonLines(request.id, async (sendLine, left) => {
      go.resolve(sendLine);
      left.addEventListener("abort", () => gone.abort());
      await work;
    });
    begun.resolve(lines);
  };
  const gone = new AbortController();
  const send = async (value: object | string): Promise<void> => {
    begin();
    await (await go.promise)(value);
  };
  const signal = AbortSignal.any([request.signal, gone.signal]);
  const work = Promise.resolve().then(() => produce(send, signal));
  work.then(begin, (error: unknown) => begun.reject(error));
  return await begun.promise;
}
