import { statfsSync } from "node:fs";
import { EngineError, invalidArgument } from "../../errors/engine-error.ts";

/**
 * What an archive may take of the disk it is unpacked on. There is no fixed size that is too
 * large for a layer, so the rule is that of the disk: unpacking stops, and is undone by who
 * called for it, before nothing is left for anybody else.
 */
export interface UnpackLimits {
  readonly entries: number;
  /** Bytes that stay free, but never more than this part of a small disk. */
  readonly freeBytes: number;
  /** Inodes that stay free, likewise. */
  readonly freeInodes: number;
  readonly part: number;
}

export const usualLimits: UnpackLimits = {
  // Ten times what the largest images have: each entry costs memory, too.
  entries: 4_000_000,
  freeBytes: 512 << 20,
  freeInodes: 20_000,
  part: 0.05,
};

/** Looking at the disk costs some microseconds: not for every file. */
const entriesBetween = 2048;
const bytesBetween = 32 << 20;

/** The machine's limit, not a fault of the archive. */
export class NoSpace extends EngineError {
  constructor(detail: string) {
    super("internal", `no space left on device: ${detail}`);
  }
}

export class UnpackBudget {
  readonly #directory: string;
  readonly #limits: UnpackLimits;
  #entries = 0;
  #bytes = 0;
  #nextEntries = 0;
  #nextBytes = 0;

  constructor(directory: string, limits: UnpackLimits = usualLimits) {
    this.#directory = directory;
    this.#limits = limits;
  }

  get entries(): number {
    return this.#entries;
  }

  entry(): void {
    this.#entries++;
    if (this.#entries > this.#limits.entries)
      throw invalidArgument(`the archive has more than ${this.#limits.entries} entries`);
    if (this.#entries >= this.#nextEntries) this.#look();
  }

  /** Before bytes are written; how many of them become holes does not matter. */
  bytes(count: number): void {
    this.#bytes += count;
    if (this.#bytes >= this.#nextBytes) this.#look();
  }

  #look(): void {
    this.#nextEntries = this.#entries + entriesBetween;
    const { freeBytes, freeInodes, part } = this.#limits;
    const { bsize, blocks, bavail, files, ffree } = statfsSync(this.#directory);
    const space = Math.min(freeBytes, blocks * bsize * part);
    // On a small disk what is between two looks may be all there is.
    this.#nextBytes = this.#bytes + Math.max(1 << 20, Math.min(bytesBetween, bavail * bsize - space));
    if (bavail * bsize < space)
      throw new NoSpace(`less than ${Math.round(space / (1 << 20))} MiB would be free`);
    // Some file systems make inodes as they are needed, and count none.
    if (files > 0 && ffree < Math.min(freeInodes, files * part))
      throw new NoSpace("too few inodes would be free");
  }
}
