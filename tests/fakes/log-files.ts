import type { LogQuery, LogReader } from "../../src/logs/log-reader.ts";

export const allLines: LogQuery = {
  stdout: true,
  stderr: true,
  since: 0,
  until: 0,
  tail: -1,
  timestamps: false,
  details: false,
};

/** A json-file line as the shim writes it. */
export function jsonLine(
  log: string,
  options: { stream?: string; time?: string; attrs?: object } = {},
): string {
  const { stream = "stdout", time = "2026-01-02T03:04:05.123456789Z", attrs } = options;
  return `${JSON.stringify({ log, stream, ...(attrs ? { attrs } : {}), time })}\n`;
}

/** Reads a log that does not grow, to its end. */
export async function readLog(
  reader: LogReader,
  path: string,
  query: Partial<LogQuery> = {},
  terminal = true,
): Promise<Buffer> {
  const stream = reader.read(path, { ...allLines, ...query }, terminal, {
    follow: false,
    ended: Promise.resolve(),
    signal: new AbortController().signal,
  });
  return Buffer.from(await new Response(stream).arrayBuffer());
}

/** Docker's frames, taken apart: `o:text` and `e:text`. */
export function frames(bytes: Buffer): string[] {
  const found: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = bytes.readUInt32BE(at + 4);
    found.push(`${bytes[at] === 1 ? "o" : "e"}:${bytes.toString("utf8", at + 8, at + 8 + size)}`);
    at += 8 + size;
  }
  return found;
}

/** An entry of Docker's `local` format. */
export function localEntry(
  line: string,
  options: { stream?: string; nanos?: bigint; piece?: { ordinal: number; last: boolean } } = {},
): Buffer {
  const { stream = "stdout", nanos = 1_767_323_045_123_456_789n, piece } = options;
  const parts: Buffer[] = [Buffer.from([0x0a, stream.length]), Buffer.from(stream), Buffer.from([0x10])];
  parts.push(varint(nanos));
  if (line !== "")
    parts.push(Buffer.from([0x1a]), varint(BigInt(Buffer.byteLength(line))), Buffer.from(line));
  if (piece) {
    const metadata = [...(piece.last ? [0x08, 1] : []), 0x12, 2, 0x61, 0x62, 0x18, piece.ordinal];
    parts.push(Buffer.from([0x20, 1, 0x2a, metadata.length, ...metadata]));
  }
  const body = Buffer.concat(parts);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(body.length);
  return Buffer.concat([size, body, size]);
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}
