import { invalidArgument } from "../../errors/engine-error.ts";
import type { TarSegment } from "./entry.ts";
import { parseNumber } from "./numeric.ts";

/**
 * GNU's four ways to write a file with holes: type `S` with the map in the header and in
 * blocks behind it; PAX 0.0 (one record a number), 0.1 (one record a list), 1.0 (the map in
 * front of the data).
 */
export const maxSegments = 1 << 18;

/** Segments of an old GNU header (offset 386, 4 places) or of a block that continues it (21 places). */
export function parseGnuSegments(block: Uint8Array, offset: number, places: number): TarSegment[] {
  const segments: TarSegment[] = [];
  for (let place = 0; place < places; place++) {
    const at = offset + place * 24;
    if (block[at] === 0) break;
    segments.push({
      offset: parseNumber(block.subarray(at, at + 12)),
      length: parseNumber(block.subarray(at + 12, at + 24)),
    });
  }
  return segments;
}

/** The list of PAX 0.1 `GNU.sparse.map`: offset,length,offset,length… */
export function parseSparseList(text: string): TarSegment[] {
  const numbers = text === "" ? [] : text.split(",").map(parseDecimal);
  if (numbers.length % 2 !== 0) throw invalidArgument("invalid tar header: odd sparse map");
  const segments: TarSegment[] = [];
  for (let i = 0; i < numbers.length; i += 2)
    segments.push({ offset: numbers[i] ?? 0, length: numbers[i + 1] ?? 0 });
  return segments;
}

export function parseDecimal(text: string): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw invalidArgument("invalid tar header: bad number in sparse map");
  return value;
}

/** Ascending, without overlap, inside the file, and together exactly the bytes in the archive. */
export function checkSegments(segments: readonly TarSegment[], size: number, stored: number): void {
  let end = 0;
  let sum = 0;
  if (segments.length > maxSegments) throw invalidArgument("invalid tar header: sparse map too long");
  for (const segment of segments) {
    if (segment.length < 0 || segment.offset < end || segment.offset + segment.length > size)
      throw invalidArgument("invalid tar header: sparse map out of order");
    end = segment.offset + segment.length;
    sum += segment.length;
  }
  if (sum !== stored) throw invalidArgument("invalid tar header: sparse map does not match the data");
}
