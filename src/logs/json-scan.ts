import type { EntryWriter } from "./entry-writer.ts";

const newline = 0x0a;
const quote = 0x22;
const backslash = 0x5c;
const closingBrace = 0x7d;
const letterZ = 0x5a;
const digit0 = 0x30;
const head = Buffer.from('{"log":"');
const streamKey = Buffer.from(',"stream":"std');
const out = Buffer.from('out",');
const err = Buffer.from('err",');
const attrsKey = Buffer.from('"attrs":{');
const timeKey = Buffer.from('"time":"');
/** `2026-01-01T00:00:00` and the whole `2026-01-01T00:00:00.123456789Z`. */
const secondsWidth = 19;
const timeWidth = 30;

function matches(bytes: Uint8Array, at: number, expected: Uint8Array): boolean {
  for (let index = 0; index < expected.length; index++) {
    if (bytes[at + index] !== expected[index]) return false;
  }
  return true;
}

/** What follows a backslash, by byte; 0 for what is not an escape of one letter. */
const escapes = new Uint8Array(256);
const letters = { n: 10, t: 9, r: 13, b: 8, f: 12, '"': quote, "\\": backslash, "/": 0x2f };
for (const [letter, meaning] of Object.entries(letters)) escapes[letter.charCodeAt(0)] = meaning;

/**
 * The fast way through one json-file line, in one pass: the text is unescaped straight to its
 * place in the writer, behind room for frame header and timestamp, which are filled in when
 * the end of the line has told them. Returns where the next line begins, or -1 when the line
 * is incomplete or not of the usual form; the writer is then as before.
 */
export function scanLine(bytes: Uint8Array, start: number, end: number, writer: EntryWriter): number {
  if (end - start < 60 || !matches(bytes, start, head)) return -1;
  const stamp = writer.length + writer.room;
  const details = stamp + (writer.timestamps ? timeWidth + 1 : 0);
  const line = details + writer.detailsText.length;
  // Text never gets longer by unescaping: this is room for whatever comes up to `end`.
  writer.reserve(line - writer.length + end - start + timeWidth);
  const close = putText(bytes, start + head.length, end, writer.bytes, line);
  if (close < 0 || !matches(bytes, close + 1, streamKey)) return -1;
  let at = close + 1 + streamKey.length;
  const isOut = matches(bytes, at, out);
  if (!isOut && !matches(bytes, at, err)) return -1;
  at += out.length;
  const attrs = at;
  if (bytes[at + 1] === 0x61) at = afterAttrs(bytes, at, end);
  if (at < 0 || !matches(bytes, at, timeKey)) return -1;
  if (writer.details && !isSame(bytes, attrs, at, writer.attrsSource)) {
    return learnAttrs(bytes, attrs, at, writer) ? scanLine(bytes, start, end, writer) : -1;
  }
  at += timeKey.length;
  let stop = at + secondsWidth;
  while (stop < end && bytes[stop] !== quote) stop++;
  if (stop + 2 >= end || bytes[stop + 1] !== closingBrace || bytes[stop + 2] !== newline) return -1;
  const stream = isOut ? "stdout" : "stderr";
  const next = stop + 3;
  if (writer.details) writer.bytes.set(writer.detailsText, details);
  if (!writer.needsTime) {
    if (writer.wants(stream)) writer.closeAt(line, textEnd, stream);
    return next;
  }
  // Without `timestamps` the time is put down behind the text, only to be compared.
  const put = writer.timestamps ? stamp : textEnd;
  if (!putTime(bytes, at, stop, writer.bytes, put)) return -1;
  if (writer.since !== "" && compare(writer.bytes, put, writer.sinceBytes) < 0) return next;
  if (writer.until !== "" && compare(writer.bytes, put, writer.untilBytes) > 0) {
    writer.finished = true;
    return next;
  }
  if (writer.timestamps) writer.bytes[stamp + timeWidth] = 0x20;
  if (writer.wants(stream)) writer.closeAt(line, textEnd, stream);
  return next;
}

/** Where the text that `putText` put down ends: a second result without an allocation per line. */
let textEnd = 0;

/** Unescapes a JSON string to UTF-8. Returns where its closing quote is, -1 when it is cut off or not valid. */
function putText(bytes: Uint8Array, start: number, end: number, target: Uint8Array, to: number): number {
  let length = to;
  let at = start;
  while (at < end) {
    const byte = bytes[at] as number;
    if (byte !== backslash) {
      if (byte === quote) {
        textEnd = length;
        return at;
      }
      target[length++] = byte;
      at++;
      continue;
    }
    const meaning = escapes[bytes[at + 1] as number] as number;
    if (meaning !== 0) {
      target[length++] = meaning;
      at += 2;
      continue;
    }
    const code = hexCode(bytes, at, end);
    if (code < 0) return -1;
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
    length = putPoint(target, length, point);
  }
  return -1;
}

function hexCode(bytes: Uint8Array, at: number, end: number): number {
  if (at + 6 > end || bytes[at] !== backslash || bytes[at + 1] !== 0x75) return -1;
  let code = 0;
  for (let index = at + 2; index < at + 6; index++) {
    const byte = bytes[index] as number;
    const lower = byte | 0x20;
    if (byte >= digit0 && byte <= 0x39) code = code * 16 + byte - digit0;
    else if (lower >= 0x61 && lower <= 0x66) code = code * 16 + lower - 0x57;
    else return -1;
  }
  return code;
}

function putPoint(target: Uint8Array, start: number, point: number): number {
  let at = start;
  if (point < 0x80) {
    target[at++] = point;
    return at;
  }
  if (point < 0x800) target[at++] = 0xc0 | (point >> 6);
  else {
    if (point < 0x10000) target[at++] = 0xe0 | (point >> 12);
    else {
      target[at++] = 0xf0 | (point >> 18);
      target[at++] = 0x80 | ((point >> 12) & 0x3f);
    }
    target[at++] = 0x80 | ((point >> 6) & 0x3f);
  }
  target[at++] = 0x80 | (point & 0x3f);
  return at;
}

/** Steps over `"attrs":{…},`; -1 when it is not that. */
function afterAttrs(bytes: Uint8Array, start: number, end: number): number {
  if (!matches(bytes, start, attrsKey)) return -1;
  let inText = false;
  for (let at = start + attrsKey.length; at < end - 1; at++) {
    const byte = bytes[at];
    if (byte === backslash) at++;
    else if (byte === quote) inText = !inText;
    else if (byte === closingBrace && !inText) return bytes[at + 1] === 0x2c ? at + 2 : -1;
  }
  return -1;
}

function isSame(bytes: Uint8Array, start: number, end: number, expected: Uint8Array): boolean {
  return end - start === expected.length && matches(bytes, start, expected);
}

/** Other attributes than those of the line before: takes them in. False for what is no map of texts. */
function learnAttrs(bytes: Uint8Array, start: number, end: number, writer: EntryWriter): boolean {
  const source = bytes.slice(start, end);
  if (source.length === 0) {
    writer.setAttrs(source, undefined);
    return true;
  }
  try {
    // `"attrs":{…},` with the comma left out.
    const { attrs } = JSON.parse(`{${Buffer.from(source.subarray(0, -1))}}`);
    if (!Object.values(attrs).every((value) => typeof value === "string")) return false;
    writer.setAttrs(source, attrs);
    return true;
  } catch {
    return false;
  }
}

/** Puts a UTC time down with nine digits. False for any other form. */
function putTime(bytes: Uint8Array, start: number, end: number, target: Uint8Array, to: number): boolean {
  const digits = end - start - secondsWidth - 2;
  if (bytes[end - 1] !== letterZ || digits > 9 || (digits < 1 && digits !== -1)) return false;
  if (digits > 0 && bytes[start + secondsWidth] !== 0x2e) return false;
  for (let index = 0; index < secondsWidth; index++) target[to + index] = bytes[start + index] as number;
  target[to + secondsWidth] = 0x2e;
  const from = start + secondsWidth + 1;
  for (let index = 0; index < 9; index++)
    target[to + secondsWidth + 1 + index] = index < digits ? (bytes[from + index] as number) : digit0;
  target[to + timeWidth - 1] = letterZ;
  return true;
}

function compare(bytes: Uint8Array, at: number, bound: Uint8Array): number {
  for (let index = 0; index < timeWidth; index++) {
    const difference = (bytes[at + index] as number) - (bound[index] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}
