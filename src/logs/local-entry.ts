import { internal } from "../errors/engine-error.ts";
import { type EntryWriter, type StreamName, timeOf } from "./entry-writer.ts";
import type { LogFormat } from "./log-format.ts";

/**
 * Docker's `local` driver: an entry is its length (4 bytes, big endian), a protobuf message
 * `LogEntry {1 source, 2 time_nano, 3 line, 4 partial, 5 metadata {1 last}}` and the same
 * length again, so that the file can be walked from either end. Lines lack their newline.
 */
export const localEntries: LogFormat = {
  decode(bytes, start, end, writer, enough) {
    let at = start;
    while (at + 8 <= end && !writer.finished && writer.length < enough) {
      const size = length(bytes, at);
      if (at + size + 8 > end) break;
      if (length(bytes, at + 4 + size) !== size) throw internal(`damaged local log entry at ${at}`);
      write(bytes, at + 4, at + 4 + size, writer);
      at += size + 8;
    }
    return at;
  },

  tail(bytes, wanted) {
    let lines = 0;
    let start = bytes.length;
    while (start >= 8) {
      const size = length(bytes, start - 4);
      const begin = start - size - 8;
      if (begin < 0) break;
      if (length(bytes, begin) !== size) throw internal(`damaged local log entry before ${start}`);
      start = begin;
      if (!fields(bytes, begin + 4, begin + 4 + size).continues) lines++;
      if (lines === wanted) return { start, lines, complete: true };
    }
    return { start, lines, complete: false };
  },

  wholeEnd(bytes, atFileStart) {
    const size = length(bytes, bytes.length - 4);
    const begin = bytes.length - size - 8;
    if (bytes.length >= 8 && begin >= 0 && length(bytes, begin) === size) return bytes.length;
    if (!atFileStart) return -1;
    let at = 0;
    while (at + 8 <= bytes.length && at + length(bytes, at) + 8 <= bytes.length) at += length(bytes, at) + 8;
    return at;
  },

  timeAt(bytes, start, end) {
    if (start + 8 > end || start + length(bytes, start) + 8 > end) return undefined;
    const entry = fields(bytes, start + 4, start + 4 + length(bytes, start));
    return timeOfNanos(bytes, entry.timeAt);
  },

  boundary: () => -1,
};

function length(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] ?? 0) << 24) |
      ((bytes[at + 1] ?? 0) << 16) |
      ((bytes[at + 2] ?? 0) << 8) |
      (bytes[at + 3] ?? 0)) >>>
    0
  );
}

function write(bytes: Uint8Array, start: number, end: number, writer: EntryWriter): void {
  const entry = fields(bytes, start, end);
  const time = writer.needsTime ? timeOfNanos(bytes, entry.timeAt) : "";
  if (!writer.open(entry.stream, time, undefined, entry.continues)) return;
  const size = entry.lineEnd - entry.lineStart;
  writer.reserve(size + 1);
  writer.bytes.set(bytes.subarray(entry.lineStart, entry.lineEnd), writer.length);
  writer.length += size;
  if (!entry.unfinished) writer.bytes[writer.length++] = 10;
  writer.close(entry.unfinished);
}

interface Fields {
  stream: StreamName;
  timeAt: number;
  lineStart: number;
  lineEnd: number;
  /** The line goes on in the next entry. */
  unfinished: boolean;
  /** The line began in an earlier entry. */
  continues: boolean;
}

function fields(bytes: Uint8Array, start: number, end: number): Fields {
  const found: Fields = {
    stream: "stdout",
    timeAt: -1,
    lineStart: end,
    lineEnd: end,
    unfinished: false,
    continues: false,
  };
  let at = start;
  while (at < end) {
    const key = bytes[at++] as number;
    if ((key & 7) === 0) {
      if (key === 0x10) found.timeAt = at;
      else if (key === 0x20) found.unfinished = bytes[at] === 1;
      while ((bytes[at++] as number) >= 0x80);
      continue;
    }
    if ((key & 7) !== 2) throw internal(`damaged local log entry: field ${key >> 3}`);
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] as number;
      size += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    // `stderr` and `stdout` differ in their fourth letter.
    if (key === 0x0a) found.stream = bytes[at + 3] === 0x65 ? "stderr" : "stdout";
    else if (key === 0x1a) {
      found.lineStart = at;
      found.lineEnd = at + size;
    } else if (key === 0x2a) readMetadata(bytes, at, at + size, found);
    at += size;
  }
  return found;
}

/** `PartialLogEntryMetadata {1 last, 2 id, 3 ordinal}`, ordinals counted from one. */
function readMetadata(bytes: Uint8Array, start: number, end: number, found: Fields): void {
  let at = start;
  while (at < end) {
    const key = bytes[at++];
    const value = bytes[at++] ?? 0;
    if (key === 0x12) at += value;
    else {
      if (key === 0x08 && value === 1) found.unfinished = false;
      if (key === 0x18) found.continues = value > 1;
      while ((bytes[at - 1] ?? 0) >= 0x80) at++;
    }
  }
}

function timeOfNanos(bytes: Uint8Array, start: number): string {
  let nanos = 0n;
  if (start >= 0) {
    for (let shift = 0n, at = start; ; shift += 7n) {
      const byte = bytes[at++] as number;
      nanos |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
  }
  const billion = 1_000_000_000n;
  return timeOf(Number(nanos / billion), Number(nanos % billion));
}
