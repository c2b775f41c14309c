import type { Digest } from "../oci/digest.ts";

/**
 * Blobs and layers that work in progress (a load, a build step) needs though no image record
 * names them yet. Pin first, then look whether it is there: garbage collection asks for pins
 * at the very moment of deleting, so what was found stays. Pins are memory only: after a
 * crash nothing is in progress, and collection may take all of it.
 */
export class Pins {
  readonly #counts = new Map<string, number>();
  readonly #groups = new Set<PinGroup>();

  isPinned(name: string): boolean {
    return this.#counts.has(name);
  }

  /** Work in progress that may write blobs whose digest nobody knows yet. */
  get isIdle(): boolean {
    return this.#groups.size === 0;
  }

  /** A set of pins that goes as one, with the work that took it. */
  group(): PinGroup {
    const group = new PinGroup(this.#counts, () => this.#groups.delete(group));
    this.#groups.add(group);
    return group;
  }
}

export class PinGroup implements Disposable {
  readonly #counts: Map<string, number>;
  readonly #ended: () => void;
  readonly #mine = new Set<Digest>();

  constructor(counts: Map<string, number>, ended: () => void) {
    this.#counts = counts;
    this.#ended = ended;
  }

  add(...names: readonly Digest[]): void {
    for (const name of names) {
      if (this.#mine.has(name)) continue;
      this.#mine.add(name);
      this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    }
  }

  /** What was pinned, in the order it was. */
  get names(): readonly Digest[] {
    return [...this.#mine];
  }

  [Symbol.dispose](): void {
    for (const name of this.#mine) {
      const left = (this.#counts.get(name) ?? 1) - 1;
      if (left > 0) this.#counts.set(name, left);
      else this.#counts.delete(name);
    }
    this.#mine.clear();
    this.#ended();
  }
}
