import { type EntryWriter, fixedTime, pieceSize } from "./entry-writer.ts";
import { scanLine } from "./json-scan.ts";
import type { LogFormat } from "./log-format.ts";

const newline = 0x0a;
/**
 * json-file: a JSON object a line, `{"log":"…\n","stream":"stdout","attrs":{…},"time":"…"}`.
 * Lines as our shim and Docker write them are scanned byte by byte in one pass; any other
 * line goes through JSON.parse.
 */
export const jsonLines: LogFormat = {
  decode(bytes, start, end, writer, enough) {
    let at = start;
    while (at < end && !writer.finished && writer.length < enough) {
      let next = writer.isMidLine ? -1 : scanLine(bytes, at, end, writer);
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
