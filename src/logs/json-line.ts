import { type EntryWriter, fixedTime, pieceSize } from "./entry-writer.ts";
import type { LogFormat } from "./log-format.ts";

const newline = 0x0a;
const quote = 0x22;
const backslash = 0x5c;
const head = Buffer.from('{"log":"');
const streamKey = Buffer.from(',"stream":"std');
const outThenTime = Buffer.from('out","time":"');
const errThenTime = Buffer.from('err","time":"');

function matches(bytes: Uint8Array, at: number, expected: Uint8Array): boolean {
  for (let index = 0; index < expected.length; index++) {
    if (bytes[at + index] !== expected[index]) return false;
  }
  return true;
}

/**
 * json-file: a JSON object a line, `{"log":"…\n","stream":"stdout","attrs":{…},"time":"…"}`.
 * Lines as our shim and Docker write them without attributes are scanned byte by byte in one
 * pass; any other line goes through JSON.parse.
 */
export const jsonLines: LogFormat = {
  decode(bytes, start, end, writer, enough) {
    let at = start;
    while (at < end && !writer.finished && writer.length < enough) {
      let next = writer.needsDetails ? -1 : scan(bytes, at, end, writer);
      if (next < 0) {
        const stop = bytes.indexOf(newline, at);
        if (stop < 0 || stop >= end) break;
        parse(bytes, at, stop, writer);
        next = stop + 1;
      }
      at = next;
    }
    return at;
  },

  tail(bytes, wanted, atFileStart) {
    let lines = 0;
    let start = bytes.length;
    while (start > 0) {
      const before = start < 2 ? -1 : bytes.lastIndexOf(newline, start - 2);
      if (before < 0 && !atFileStart) break;
      if (endsLine(bytes, before + 1, start)) {
        if (lines === wanted) return { start, lines, complete: true };
        lines++;
      }
      start = before + 1;
    }
    return { start, lines, complete: false };
  },

  wholeEnd(bytes, atFileStart) {
    const last = bytes.lastIndexOf(newline);
    return last < 0 && !atFileStart ? -1 : last + 1;
  },

  timeAt(bytes, start, end) {
    const stop = bytes.indexOf(newline, start);
    if (stop < 0 || stop >= end) return undefined;
    return parsed(bytes, start, stop)?.time;
  },

  boundary(bytes, start, end) {
    const stop = bytes.indexOf(newline, start);
    return stop < 0 || stop >= end ? -1 : stop + 1;
  },
};

/** False for a full-size piece without a newline: its line goes on in the next entry. */
function endsLine(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < pieceSize) return true;
  const line = parsed(bytes, start, end - 1);
  return !line || line.log.endsWith("\n") || Buffer.byteLength(line.log) < pieceSize;
}

/**
 * The fast way through one line. Returns where the next one begins, or -1 when the line is
 * incomplete or not of the usual form; the writer is then as before.
 */
function scan(bytes: Uint8Array, start: number, end: number, writer: EntryWriter): number {
  if (end - start < 60 || !matches(bytes, start, head)) return -1;
  const first = start + head.length;
  const close = closingQuote(bytes, first, end);
  if (close < 0 || end - close < 50 || !matches(bytes, close + 1, streamKey)) return -1;
  const name = close + 1 + streamKey.length;
  const isOut = matches(bytes, name, outThenTime);
  if (!isOut && !matches(bytes, name, errThenTime)) return -1;
  const timeStart = name + outThenTime.length;
  let timeEnd = timeStart;
  while (timeEnd < end && bytes[timeEnd] !== quote) timeEnd++;
  if (timeEnd + 2 >= end || bytes[timeEnd + 1] !== 0x7d || bytes[timeEnd + 2] !== newline) return -1;
  let time = "";
  if (writer.needsTime) {
    const text = latin(bytes, timeStart, timeEnd);
    time = text.length === 30 && text.endsWith("Z") ? text : (fixedTime(text) ?? "");
    if (time === "") return -1;
  }
  if (writer.open(isOut ? "stdout" : "stderr", time, undefined)) {
    if (!putText(bytes, first, close, writer)) {
      writer.cancel();
      return -1;
    }
    writer.close();
  }
  return timeEnd + 3;
}

function latin(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at] ?? 0);
  return text;
}

function closingQuote(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const byte = bytes[at];
    if (byte === quote) return at;
    at += byte === backslash ? 2 : 1;
  }
  return -1;
}

/** What follows a backslash, by byte; 0 for what is not an escape of one letter. */
const escapes = new Uint8Array(256);
for (const [letter, meaning] of Object.entries({
  n: 10,
  t: 9,
  r: 13,
  b: 8,
  f: 12,
  '"': quote,
  "\\": backslash,
  "/": 0x2f,
})) {
  escapes[letter.charCodeAt(0)] = meaning;
}

/** Puts the text of a JSON string into the writer as UTF-8. False when it is not valid. */
function putText(bytes: Uint8Array, start: number, end: number, writer: EntryWriter): boolean {
  writer.reserve(end - start);
  const out = writer.bytes;
  let length = writer.length;
  let at = start;
  while (at < end) {
    const byte = bytes[at] as number;
    if (byte !== backslash) {
      out[length++] = byte;
      at++;
      continue;
    }
    const meaning = escapes[bytes[at + 1] as number] as number;
    if (meaning !== 0) {
      out[length++] = meaning;
      at += 2;
      continue;
    }
    const code = hexCode(bytes, at, end);
    if (code < 0) return false;
    at += 6;
    let point = code;
    if (code >= 0xd800 && code < 0xe000) {
      const low = hexCode(bytes, at, end);
      if (code >= 0xdc00 || low < 0xdc00 || low >= 0xe000) point = 0xfffd;
      else {
        point = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        at += 6;
      }
    }
    length = putPoint(out, length, point);
  }
  writer.length = length;
  return true;
}

function hexCode(bytes: Uint8Array, at: number, end: number): number {
  if (at + 6 > end || bytes[at] !== backslash || bytes[at + 1] !== 0x75) return -1;
  const text = latin(bytes, at + 2, at + 6);
  return /^[0-9a-fA-F]{4}$/.test(text) ? Number.parseInt(text, 16) : -1;
}

function putPoint(out: Uint8Array, start: number, point: number): number {
  let at = start;
  if (point < 0x80) out[at++] = point;
  else if (point < 0x800) out[at++] = 0xc0 | (point >> 6);
  else if (point < 0x10000) {
    out[at++] = 0xe0 | (point >> 12);
    out[at++] = 0x80 | ((point >> 6) & 0x3f);
  } else {
    out[at++] = 0xf0 | (point >> 18);
    out[at++] = 0x80 | ((point >> 12) & 0x3f);
    out[at++] = 0x80 | ((point >> 6) & 0x3f);
  }
  if (point >= 0x80) out[at++] = 0x80 | (point & 0x3f);
  return at;
}

/** The slow way: attributes, foreign key order, white space, lines torn by a crash. */
function parse(bytes: Uint8Array, start: number, end: number, writer: EntryWriter): void {
  const line = parsed(bytes, start, end);
  if (!line || !writer.open(line.stream, line.time, line.attrs)) return;
  const text = Buffer.from(line.log);
  writer.reserve(text.length);
  writer.bytes.set(text, writer.length);
  writer.length += text.length;
  writer.close();
}

interface ParsedLine {
  readonly log: string;
  readonly stream: "stdout" | "stderr";
  readonly time: string;
  readonly attrs: Readonly<Record<string, string>> | undefined;
}

const decoder = new TextDecoder();

function parsed(bytes: Uint8Array, start: number, end: number): ParsedLine | undefined {
  const text = decoder.decode(bytes.subarray(start, end));
  // After a crash half a line may stand in front of the next whole one.
  const whole = lineOf(text);
  if (whole) return whole;
  const again = text.lastIndexOf('{"log":"');
  return again > 0 ? lineOf(text.slice(again)) : undefined;
}

function lineOf(text: string): ParsedLine | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { log, stream, time, attrs } = value as Record<string, unknown>;
  const when = typeof time === "string" ? fixedTime(time) : undefined;
  if (typeof log !== "string" || when === undefined) return undefined;
  return { log, stream: stream === "stderr" ? "stderr" : "stdout", time: when, attrs: textMap(attrs) };
}

function textMap(value: unknown): Readonly<Record<string, string>> | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.fromEntries(Object.entries(value).filter(([, item]) => typeof item === "string"));
}
