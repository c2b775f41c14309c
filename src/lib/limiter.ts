import { cancelled } from "../errors/engine-error.ts";

/**
 * So many pieces of work at a time, the rest in order of asking. The limit is asked for each
 * time, so that a changed setting counts from the next piece on.
 */
export class Limiter {
  readonly #limit: () => number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limit: () => number) {
    this.#limit = limit;
  }

  /** `onWait` is called when the work cannot begin at once. An aborted signal takes it out of the line. */
  async run<T>(
    work: () => Promise<T>,
    options: { signal?: AbortSignal; onWait?: () => void } = {},
  ): Promise<T> {
    if (options.signal?.aborted) throw cancelled("waiting for a turn was cancelled", options.signal.reason);
    if (this.#hasRoom) this.#running++;
    else {
      options.onWait?.();
      await this.#turn(options.signal);
    }
    try {
      options.signal?.throwIfAborted();
      return await work();
    } finally {
      this.#running--;
      this.#next();
    }
  }

  get #hasRoom(): boolean {
    return this.#running < Math.max(1, this.#limit());
  }

  #next(): void {
    while (this.#hasRoom) {
      const enter = this.#waiting.shift();
      if (!enter) return;
      // Counted here: whoever asks before it really begins must see the place taken.
      this.#running++;
      enter();
    }
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const leave = () => {
      this.#waiting.splice(this.#waiting.indexOf(enter), 1);
      reject(cancelled("waiting for a turn was cancelled", signal?.reason));
    };
    const enter = () => {
      signal?.removeEventListener("abort", leave);
      resolve();
    };
    this.#waiting.push(enter);
    signal?.addEventListener("abort", leave, { once: true });
    return promise;
  }
}
