import { messageOf } from "../errors/engine-error.ts";
import { log } from "./log.ts";

/**
 * Work nobody awaits, by name: it is never a floating promise, its failure is logged,
 * and `idle()` waits for all of it (shutdown, tests).
 */
export class Background {
  readonly #running = new Map<symbol, { name: string; done: Promise<void> }>();

  /** The promise settles with the work and never rejects; ignoring it is fine. */
  run(name: string, work: () => Promise<unknown>): Promise<void> {
    const key = Symbol(name);
    const done = work()
      .then(
        () => {},
        (error) => log.error(`background work failed: ${messageOf(error)}`, { name }),
      )
      .finally(() => this.#running.delete(key));
    this.#running.set(key, { name, done });
    return done;
  }

  get names(): string[] {
    return [...this.#running.values()].map((entry) => entry.name);
  }

  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all([...this.#running.values()].map((entry) => entry.done));
  }
}
