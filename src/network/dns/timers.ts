/** Time, for what waits. Tests have a clock of their own. */
export interface Timers {
  /** Milliseconds, never going back. */
  now(): number;
  /** Calls `work` once, unless it is cancelled before. */
  after(milliseconds: number, work: () => void): Timer;
}

export interface Timer {
  cancel(): void;
}

interface Entry extends Timer {
  readonly at: number;
  work: (() => void) | undefined;
}

/** Timers of a process that waits in `PollSet`: it asks how long it may sleep, and what is due. */
export class LoopTimers implements Timers {
  /** A heap: the next one first. */
  readonly #entries: Entry[] = [];

  now(): number {
    return performance.now();
  }

  after(milliseconds: number, work: () => void): Timer {
    const entry: Entry = {
      at: this.now() + milliseconds,
      work,
      cancel: () => {
        entry.work = undefined;
      },
    };
    this.#entries.push(entry);
    this.#rise(this.#entries.length - 1);
    return entry;
  }

  /** Milliseconds until the next one, rounded up; -1 without any. */
  get untilNext(): number {
    while (this.#entries[0] && !this.#entries[0].work) this.#takeFirst();
    const next = this.#entries[0];
    return next ? Math.max(0, Math.ceil(next.at - this.now())) : -1;
  }

  runDue(failed: (error: unknown) => void): void {
    const now = this.now();
    for (let next = this.#entries[0]; next && (next.at <= now || !next.work); next = this.#entries[0]) {
      this.#takeFirst();
      try {
        next.work?.();
      } catch (error) {
        failed(error);
      }
    }
  }

  #takeFirst(): void {
    const last = this.#entries.pop();
    if (!last || this.#entries.length === 0) return;
    this.#entries[0] = last;
    this.#sink(0);
  }

  #rise(start: number): void {
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapped(parent, index)) return;
      index = parent;
    }
  }

  #sink(start: number): void {
    let index = start;
    for (;;) {
      const [left, right] = [2 * index + 1, 2 * index + 2];
      const smaller = this.#atOf(right) < this.#atOf(left) ? right : left;
      if (!this.#swapped(index, smaller)) return;
      index = smaller;
    }
  }

  #atOf(index: number): number {
    return this.#entries[index]?.at ?? Number.POSITIVE_INFINITY;
  }

  /** Puts the earlier of the two on top; tells whether it was not there already. */
  #swapped(upper: number, lower: number): boolean {
    const [above, below] = [this.#entries[upper], this.#entries[lower]];
    if (!above || !below || above.at <= below.at) return false;
    this.#entries[upper] = below;
    this.#entries[lower] = above;
    return true;
  }
}
