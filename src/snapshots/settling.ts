import { messageOf } from "../errors/engine-error.ts";
import { log } from "../lib/log.ts";

const retryMs = 60_000;

/**
 * Brings new layers to the disk a little later, all of them together. Waiting for the disk at
 * each commit would cost nothing but time: while the machine is on, everybody reads what was
 * written, and when it loses power before this, the layers it has lost are known by their notes
 * and unpacked again from their blobs, which are on the disk.
 */
export class Settling {
  readonly #delayMs: number;
  readonly #sync: () => Promise<void>;
  readonly #settled: (number: number) => void;
  readonly #waiting = new Set<number>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(delayMs: number, sync: () => Promise<void>, settled: (number: number) => void) {
    this.#delayMs = delayMs;
    this.#sync = sync;
    this.#settled = settled;
  }

  add(number: number): void {
    this.#waiting.add(number);
    this.#timer ??= setTimeout(() => void this.#run(), this.#delayMs).unref();
  }

  async #run(): Promise<void> {
    // What is added from now on may be written after the sync has begun: that is for the next one.
    const numbers = [...this.#waiting];
    this.#waiting.clear();
    let delay = this.#delayMs;
    try {
      await this.#sync();
      for (const number of numbers) this.#settled(number);
    } catch (error) {
      log.warn(`cannot bring layers to the disk: ${messageOf(error)}`, { layers: numbers.length });
      for (const number of numbers) this.#waiting.add(number);
      delay = retryMs;
    }
    this.#timer = undefined;
    if (this.#waiting.size > 0) this.#timer = setTimeout(() => void this.#run(), delay).unref();
  }
}
