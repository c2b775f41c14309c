import { cancelled } from "../../errors/engine-error.ts";

/** Two sides that wait for each other: one gives a thing, the other takes it, in whichever order they come. */
export class Meeting<T> {
  readonly #given: T[] = [];
  readonly #waiting: ((thing: T) => void)[] = [];

  give(thing: T): void {
    const next = this.#waiting.shift();
    if (next) next(thing);
    else this.#given.push(thing);
  }

  /** Rejects with `cancelled` when the signal fires first. */
  take(signal: AbortSignal): Promise<T> {
    const there = this.#given.shift();
    if (there !== undefined) return Promise.resolve(there);
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const leave = () => {
      const at = this.#waiting.indexOf(arrive);
      if (at >= 0) this.#waiting.splice(at, 1);
      reject(cancelled("the other side is gone", signal.reason));
    };
    const arrive = (thing: T) => {
      signal.removeEventListener("abort", leave);
      resolve(thing);
    };
    this.#waiting.push(arrive);
    signal.addEventListener("abort", leave, { once: true });
    if (signal.aborted) leave();
    return promise;
  }
}
