import type { Op } from "./op.ts";

/** Each step is walked once, whoever asks. */
export function once<T>(known: Map<Op, Promise<T>>, op: Op, work: () => Promise<T>): Promise<T> {
  let promise = known.get(op);
  if (!promise) {
    promise = work();
    // Whoever waits for it hears of its failure; it may be that nobody does yet.
    promise.catch(() => {});
    known.set(op, promise);
  }
  return promise;
}
