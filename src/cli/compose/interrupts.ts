/**
 * What Ctrl-C and SIGTERM mean to work on a project: the first asks to end in good order, the second to end
 * at once. Until disposed; whoever listens to neither is ended by the second.
 */
export class Interrupts implements Disposable {
  readonly #first = new AbortController();
  readonly #second = new AbortController();
  readonly #handler = () => this.press();

  constructor() {
    process.on("SIGINT", this.#handler);
    process.on("SIGTERM", this.#handler);
  }

  /** Aborted by the first. */
  get signal(): AbortSignal {
    return this.#first.signal;
  }

  /** Aborted by the second. */
  get force(): AbortSignal {
    return this.#second.signal;
  }

  /** One more: a signal, or a key that stands for it. */
  press(): void {
    if (this.#second.signal.aborted) process.exit(interrupted);
    if (this.#first.signal.aborted) this.#second.abort();
    else this.#first.abort();
  }

  [Symbol.dispose](): void {
    process.off("SIGINT", this.#handler);
    process.off("SIGTERM", this.#handler);
  }
}

/** What Docker Compose ends with when it was interrupted, whatever the signal. */
export const interrupted = 130;
