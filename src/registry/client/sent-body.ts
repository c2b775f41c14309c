/** A body on its way out, with an eye on whether it moves. */
export interface SentBody {
  readonly stream: ReadableStream<Uint8Array>;
  /** What reading the source failed with: a fault of ours, not of the connection. */
  readonly error: unknown;
  /** Nothing was taken for a minute though there is more to take. */
  isStalled(): boolean;
  stop(): void;
}

const stallMs = 60_000;

export function sentBody(source: ReadableStream<Uint8Array>, onProgress: (sent: number) => void): SentBody {
  const reader = source.getReader();
  let error: unknown;
  let sent = 0;
  let movedAt = performance.now();
  let done = false;
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        // Asked for more: what was given before has gone out.
        if (sent > 0) onProgress(sent);
        try {
          const next = await reader.read();
          movedAt = performance.now();
          if (next.done) {
            done = true;
            controller.close();
            return;
          }
          sent += next.value.length;
          controller.enqueue(next.value);
        } catch (thrown) {
          error = thrown;
          done = true;
          throw thrown;
        }
      },
      cancel: () => reader.cancel().catch(() => {}),
    },
    { highWaterMark: 0 },
  );
  return {
    stream,
    get error() {
      return error;
    },
    isStalled: () => !done && performance.now() - movedAt > stallMs,
    stop() {
      if (done) return;
      done = true;
      reader.cancel().catch(() => {});
    },
  };
}

/** The first `length` bytes of a stream; the rest is not read. */
export function cutOff(source: ReadableStream<Uint8Array>, length: number): ReadableStream<Uint8Array> {
  const reader = source.getReader();
  let left = length;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = left > 0 ? await reader.read() : undefined;
        if (!next || next.done) {
          await reader.cancel().catch(() => {});
          controller.close();
          return;
        }
        const part = next.value.length <= left ? next.value : next.value.subarray(0, left);
        left -= part.length;
        controller.enqueue(part);
      },
      cancel: () => reader.cancel().catch(() => {}),
    },
    { highWaterMark: 0 },
  );
}
