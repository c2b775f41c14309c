import { timeOfSeconds } from "./entry-writer.ts";
import type { LogFile } from "./log-files.ts";
import type { LogFormat } from "./log-format.ts";
import type { LogQuery } from "./log-reader.ts";

const piece = 256 * 1024;

/** A file to read from `start` on. */
export interface Stretch {
  readonly file: LogFile;
  readonly start: number;
}

/**
 * Decides where reading begins, from the newest file backwards, touching no more than it must:
 * the last N lines are counted from the end, a point in time is found by bisection, and files
 * older than that are never opened further. Oldest stretch first.
 */
export async function chooseStretches(
  files: readonly LogFile[],
  format: LogFormat,
  query: LogQuery,
): Promise<Stretch[]> {
  const stretches: Stretch[] = [];
  const since = query.since > 0 ? timeOfSeconds(query.since) : "";
  let wanted = query.tail;
  for (const packed of files.toReversed()) {
    const file = await packed.unpacked();
    let start = 0;
    let complete = false;
    if (query.tail >= 0) {
      const found = await tailStart(file, format, wanted);
      ({ start, complete } = found);
      wanted -= found.lines;
      complete ||= wanted <= 0;
    } else if (since !== "") {
      start = await sinceStart(file, format, since);
      const first = await timeNear(file, format, 0, Math.min(file.size, piece));
      complete = first !== undefined && first.time < since;
    }
    stretches.unshift({ file, start });
    if (complete) break;
  }
  return stretches;
}

export async function readPiece(file: LogFile, start: number, end: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(end - start);
  return bytes.subarray(0, await file.read(bytes, 0, bytes.length, start));
}

async function tailStart(
  file: LogFile,
  format: LogFormat,
  wanted: number,
): Promise<{ start: number; lines: number; complete: boolean }> {
  let end = await wholeEnd(file, format);
  if (wanted === 0) return { start: end, lines: 0, complete: true };
  let lines = 0;
  let size = piece / 4;
  while (end > 0) {
    const begin = Math.max(0, end - size);
    const found = format.tail(await readPiece(file, begin, end), wanted - lines, begin === 0);
    lines += found.lines;
    if (found.complete || begin === 0) return { start: begin + found.start, lines, complete: found.complete };
    size = begin + found.start === end ? size * 2 : Math.min(size * 2, 4 * piece);
    end = begin + found.start;
  }
  return { start: 0, lines, complete: false };
}

/** Leaves out an entry that is only half written at the end of the file. */
async function wholeEnd(file: LogFile, format: LogFormat): Promise<number> {
  for (let size = piece / 4; ; size *= 4) {
    const begin = Math.max(0, file.size - size);
    const end = format.wholeEnd(await readPiece(file, begin, file.size), begin === 0);
    if (end >= 0) return begin + end;
  }
}

/** An entry boundary before the first entry that is not older than `since`, near it in a large file. */
async function sinceStart(file: LogFile, format: LogFormat, since: string): Promise<number> {
  let low = 0;
  let high = file.size;
  while (high - low > 4 * piece) {
    const middle = low + Math.floor((high - low) / 2);
    const found = await timeNear(file, format, middle, Math.min(middle + piece, high));
    if (!found) break;
    if (found.time < since) low = found.at;
    else high = middle;
  }
  return low;
}

/** The first entry that begins at or after `start` (after it, inside a file) and its time. */
async function timeNear(
  file: LogFile,
  format: LogFormat,
  start: number,
  end: number,
): Promise<{ at: number; time: string } | undefined> {
  const bytes = await readPiece(file, start, end);
  const begin = start === 0 ? 0 : format.boundary(bytes, 0, bytes.length);
  if (begin < 0) return undefined;
  const time = format.timeAt(bytes, begin, bytes.length);
  return time === undefined ? undefined : { at: start + begin, time };
}
