import type { AttachSession } from "../services/attach.ts";
import { DetachScanner } from "./detach-keys.ts";
import type { PendingStream } from "./pending-stream.ts";

export interface SessionOptions {
  readonly terminal: boolean;
  readonly detachKeys: Uint8Array;
  readonly onDetach: () => void;
  /** Output to deliver first (what was logged before). */
  readonly before?: ReadableStream<Uint8Array>;
  /** The end of the output is held back until this settles; what it gives is said on stderr first. */
  readonly lastWords?: Promise<string | undefined>;
}

/** A session over a stream; on a terminal the detach keys end it and leave the process alone. */
export function openSession(stream: PendingStream, options: SessionOptions): AttachSession {
  const scanner =
    options.terminal && stream.options.stdin ? new DetachScanner(options.detachKeys) : undefined;
  let detached = false;
  const parts = [...(options.before ? [options.before] : []), stream.output];
  const output = concatenate(parts, async () => {
    if (detached || stream.closed) return undefined;
    const words = await options.lastWords;
    const heard = options.terminal ? stream.options.stdout : stream.options.stderr;
    return words && heard ? remark(words, options.terminal) : undefined;
  });
  return {
    terminal: options.terminal,
    output,
    async write(stdin) {
      if (detached || !stream.options.stdin) return;
      if (!scanner) return stream.write(stdin);
      const { pass, detached: now } = scanner.feed(stdin);
      if (pass.length > 0) await stream.write(pass);
      if (!now) return;
      detached = true;
      options.onDetach();
      stream.close();
    },
    closeStdin: () => {
      if (!detached && stream.options.stdin) stream.closeStdin();
    },
    close: () => stream.close(),
  };
}

/** A remark of the engine's own, as the client's end of the stream wants it. */
function remark(words: string, terminal: boolean): Uint8Array {
  const text = Buffer.from(terminal ? `\r\nhull: ${words}\r\n` : `hull: ${words}\n`);
  if (terminal) return text;
  const header = Buffer.alloc(8);
  header[0] = 2;
  header.writeUInt32BE(text.length, 4);
  return Buffer.concat([header, text]);
}

function concatenate(
  parts: ReadableStream<Uint8Array>[],
  lastChunk: () => Promise<Uint8Array | undefined>,
): ReadableStream<Uint8Array> {
  const readers = parts.map((part) => part.getReader());
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        for (;;) {
          const reader = readers[0];
          if (!reader) {
            const last = await lastChunk();
            if (last) controller.enqueue(last);
            return controller.close();
          }
          const { done, value } = await reader.read();
          if (!done) return controller.enqueue(value);
          readers.shift();
        }
      },
      async cancel(reason) {
        await Promise.all(readers.map((reader) => reader.cancel(reason)));
      },
    },
    { highWaterMark: 0 },
  );
}
