import type { Timestamp } from "../../records/container-record.ts";

/** Time as something a test can hold in its hands. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Now as the API prints times. */
  timestamp(): Timestamp;
  /** Runs `work` once after `delay` milliseconds; the result takes it back. */
  after(delay: number, work: () => void): () => void;
}

/** Timers hold 31 bits of milliseconds; longer ones would fire at once. */
const longest = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  timestamp: () => new Date().toISOString(),
  after(delay, work) {
    const timer = setTimeout(work, Math.min(Math.max(0, delay), longest));
    return () => clearTimeout(timer);
  },
};
