import { invalidArgument } from "../errors/engine-error.ts";

export type ByteStream = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/**
 * Pulls exact numbers of bytes out of a stream of chunks. It holds one chunk at a time (and
 * what `exactly` has to join), so memory does not depend on the length of the stream.
 */
export class ByteSource {
  readonly #next: () => Promise<Uint8Array | undefined>;
  readonly #close: () => Promise<void>;
  #chunk: Uint8Array = new Uint8Array(0);
  #at = 0;
  #consumed = 0;

  constructor(stream: ByteStream) {
    if (stream instanceof ReadableStream) {
      const reader = stream.getReader();
      this.#next = async () => {
        const { done, value } = await reader.read();
        return done ? undefined : value;
      };
      this.#close = () => reader.cancel().catch(() => {});
    } else {
      const iterator = stream[Symbol.asyncIterator]();
      this.#next = async () => {
        const result = await iterator.next();
        return result.done ? undefined : result.value;
      };
      this.#close = async () => {
        await iterator.return?.();
      };
    }
  }

  /** Bytes given out so far. */
  get consumed(): number {
    return this.#consumed;
  }

  /** Bytes that can be had without waiting. */
  get buffered(): number {
    return this.#chunk.length - this.#at;
  }

  /** Up to `limit` bytes, at least one; undefined at the end. A view: use it before the next call. */
  async some(limit: number): Promise<Uint8Array | undefined> {
    if (this.buffered === 0 && !(await this.#fill())) return undefined;
    return this.#take(Math.min(limit, this.buffered));
  }

  /** Exactly `count` bytes; undefined at a clean end, an error at an end in the middle. */
  async exactly(count: number, what: string): Promise<Uint8Array | undefined> {
    if (this.buffered >= count) return this.#take(count);
    if (this.buffered === 0 && !(await this.#fill())) return undefined;
    if (this.buffered >= count) return this.#take(count);
    const whole = new Uint8Array(count);
    for (let filled = 0; filled < count; ) {
      const part = await this.some(count - filled);
      if (!part) throw invalidArgument(`unexpected EOF: ${what} is cut off`);
      whole.set(part, filled);
      filled += part.length;
    }
    return whole;
  }

  async skip(count: number, what: string): Promise<void> {
    for (let left = count; left > 0; ) {
      const part = await this.some(left);
      if (!part) throw invalidArgument(`unexpected EOF: ${what} is cut off`);
      left -= part.length;
    }
  }

  /** Looks at up to `count` first bytes without consuming them. */
  async peek(count: number): Promise<Uint8Array> {
    while (this.buffered < count) {
      const rest = this.#chunk.subarray(this.#at);
      const more = await this.#next();
      if (!more) break;
      const joined = new Uint8Array(rest.length + more.length);
      joined.set(rest);
      joined.set(more, rest.length);
      this.#chunk = joined;
      this.#at = 0;
    }
    return this.#chunk.subarray(this.#at, this.#at + count);
  }

  /** Reads to the end and forgets: a sender must be able to finish. */
  async drain(): Promise<void> {
    while (await this.some(Number.MAX_SAFE_INTEGER));
  }

  /** All that is left. A reader that stops early gives the stream up. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (let part = await this.some(1 << 30); part; part = await this.some(1 << 30)) yield part;
    } finally {
      await this.close();
    }
  }

  /** Gives the stream up; its source is cancelled. */
  async close(): Promise<void> {
    await this.#close();
  }

  #take(count: number): Uint8Array {
    const part = this.#chunk.subarray(this.#at, this.#at + count);
    this.#at += count;
    this.#consumed += count;
    return part;
  }

  async #fill(): Promise<boolean> {
    for (;;) {
      const chunk = await this.#next();
      if (!chunk) return false;
      if (chunk.length === 0) continue;
      this.#chunk = chunk;
      this.#at = 0;
      return true;
    }
  }
}
