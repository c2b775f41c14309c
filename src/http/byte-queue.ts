import { cancelled } from "../errors/engine-error.ts";

/** Above this many waiting bytes the sender is asked to pause, below a quarter of it to go on. */
const highWater = 512 * 1024;

/**
 * Bytes on their way from a socket to one reader. Back-pressure is told through
 * `onPause` and `onResume`; `onFirstRead` fires once, when somebody wants the bytes.
 */
export class ByteQueue {
  readonly #chunks: Uint8Array[] = [];
  #waiting = 0;
  #ended = false;
  #error: Error | undefined;
  #paused = false;
  #touched = false;
  #wake: (() => void) | undefined;
  #discarding = false;

  constructor(private readonly flow: { onPause(): void; onResume(): void; onFirstRead?(): void }) {}

  push(chunk: Uint8Array): void {
    if (this.#discarding || this.#ended || chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#waiting += chunk.length;
    if (!this.#paused && this.#waiting > highWater) {
      this.#paused = true;
      this.flow.onPause();
    }
    this.#wakeUp();
  }

  /** No more will come; with an error when the sender broke off. */
  end(error?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    this.#wakeUp();
  }

  /** The sender was asked to wait. */
  get paused(): boolean {
    return this.#paused;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** The next bytes, undefined at the end. One reader at a time. */
  async next(): Promise<Uint8Array | undefined> {
    if (!this.#touched) {
      this.#touched = true;
      this.flow.onFirstRead?.();
    }
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk) {
        this.#waiting -= chunk.length;
        if (this.#paused && this.#waiting < highWater / 4) this.#goOn();
        return chunk;
      }
      if (this.#error) throw this.#error;
      if (this.#ended || this.#discarding) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Nobody wants the rest: drop what is here and what comes. */
  discard(): void {
    this.#discarding = true;
    this.#chunks.length = 0;
    this.#waiting = 0;
    if (this.#paused) this.#goOn();
    this.#wakeUp();
  }

  /** Everything, when the end is there already and nobody has read any; else undefined. */
  collected(): Uint8Array<ArrayBuffer> | undefined {
    if (!this.#ended || this.#error || this.#touched) return undefined;
    this.#touched = true;
    return Buffer.concat(this.#chunks.splice(0));
  }

  stream(): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const chunk = await this.next();
          if (chunk) controller.enqueue(chunk);
          else controller.close();
        },
        cancel: () => this.discard(),
      },
      { highWaterMark: 0 },
    );
  }

  /** Everything, if it is not more than `limit`; undefined when it is. */
  async collect(limit: number): Promise<Uint8Array | undefined> {
    const parts: Uint8Array[] = [];
    let size = 0;
    for (let chunk = await this.next(); chunk; chunk = await this.next()) {
      size += chunk.length;
      if (size > limit) {
        this.discard();
        return undefined;
      }
      parts.push(chunk);
    }
    return parts.length === 1 ? parts[0] : Buffer.concat(parts);
  }

  #goOn(): void {
    this.#paused = false;
    this.flow.onResume();
  }

  #wakeUp(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}

export const brokenOff = () => cancelled("the client closed the connection");
