/** How far a fetch is, for those who read along. */
export class FetchProgress {
  readonly #size = Promise.withResolvers<number | undefined>();
  readonly #settled = Promise.withResolvers<void>();
  #readable = 0;
  #state: "running" | "finished" | "failed" = "running";
  #begun = false;
  #error: unknown;
  #waiting: (() => void)[] = [];

  constructor() {
    this.#size.promise.catch(() => {});
  }

  /** Of the whole blob, as soon as it is known; undefined when the sender does not tell. */
  get size(): Promise<number | undefined> {
    return this.#size.promise;
  }

  /** Done or failed. */
  get settled(): Promise<void> {
    return this.#settled.promise;
  }

  get begun(): boolean {
    return this.#begun;
  }

  get readable(): number {
    return this.#readable;
  }

  get finished(): boolean {
    return this.#state === "finished";
  }

  begin(size: number | undefined): void {
    this.#begun = true;
    this.#size.resolve(size);
  }

  grow(readable: number): void {
    if (readable === this.#readable) return;
    this.#readable = readable;
    this.#wake();
  }

  finish(size: number): void {
    this.#state = "finished";
    this.#readable = size;
    this.#settled.resolve();
    this.#wake();
  }

  fail(error: unknown): void {
    this.#state = "failed";
    this.#error = error;
    this.#size.reject(error);
    this.#settled.resolve();
    this.#wake();
  }

  throwIfFailed(): void {
    if (this.#state === "failed") throw this.#error;
  }

  /** Waits for bytes behind `offset`. */
  async past(offset: number): Promise<void> {
    for (;;) {
      this.throwIfFailed();
      if (this.#readable > offset) return;
      if (this.finished) throw new Error(`the blob ends at ${this.#readable}, before ${offset}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
