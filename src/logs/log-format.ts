import type { EntryWriter } from "./entry-writer.ts";

/** How entries lie in a file: told apart, decoded, and found from the end. */
export interface LogFormat {
  /**
   * Decodes the whole entries in `bytes` from `start` up to `end` into the writer, and returns
   * where it stopped: an entry that is not complete yet, or `end`. Damaged entries are skipped.
   * Stops early when the writer is finished or holds `enough` bytes.
   */
  decode(bytes: Uint8Array, start: number, end: number, writer: EntryWriter, enough: number): number;
  /**
   * Counts lines from the back of `bytes`, a piece of a file that ends with a whole entry and
   * begins at the file's start or anywhere. `complete`: `start` is where the last `wanted` lines
   * begin. Otherwise `start` is the first entry boundary seen, where an earlier piece has to end.
   */
  tail(
    bytes: Uint8Array,
    wanted: number,
    atFileStart: boolean,
  ): { start: number; lines: number; complete: boolean };
  /** Where the whole entries of a file end, seen in its last bytes; -1 when these are too few to tell. */
  wholeEnd(bytes: Uint8Array, atFileStart: boolean): number;
  /** The time of the entry at `start`, fixed width; undefined when there is no whole entry with a time. */
  timeAt(bytes: Uint8Array, start: number, end: number): string | undefined;
  /** The next entry boundary at or after `start`, for jumping into the middle; -1 where that is impossible. */
  boundary(bytes: Uint8Array, start: number, end: number): number;
}
