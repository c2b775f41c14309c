import type { LogEntry, LogQuery } from "./log-reader.ts";

export type StreamName = LogEntry["stream"];

/** A log line of Docker is cut into pieces of this size; a shorter piece without a newline is a line's end. */
export const pieceSize = 16 * 1024;

/**
 * Collects entries as they go over the wire: Docker's frame header (unless the container
 * has a terminal), timestamp and details at the start of a line, then the line. A decoder
 * asks `open`, puts the line's bytes into `bytes` at `length` itself, and calls `close`.
 */
export class EntryWriter {
  bytes: Uint8Array;
  length = 0;
  /** An entry later than `until` was met: nothing more will be wanted. */
  finished = false;
  readonly needsTime: boolean;
  /** Bounds as fixed-width time text, empty for none; the same as bytes for comparing in place. */
  readonly since: string;
  readonly until: string;
  readonly sinceBytes: Uint8Array;
  readonly untilBytes: Uint8Array;
  readonly details: boolean;
  readonly timestamps: boolean;
  /** Bytes to leave free in front of the next entry: for a frame header, unless it joins the open frame. */
  room: number;
  readonly #frameHeader: number;
  /** Entries of one stream share frames of about this size; 0 gives every entry a frame of its own. */
  readonly #joinUpTo: number;
  #openFrame = 0;
  #openStream: StreamName = "stdout";
  /** What `--details` puts in front of a line, for lines whose attributes stand in the file as `attrsSource`. */
  detailsText: Uint8Array = new Uint8Array(0);
  attrsSource: Uint8Array = new Uint8Array(0);
  readonly #query: LogQuery;
  readonly #midLine = { stdout: false, stderr: false };
  #frame = 0;
  #line = 0;
  #stream: StreamName = "stdout";

  /**
   * `join`: several entries may share a frame, which saves readers most of their work. For
   * reading what is there; a follower gets a frame for each entry, as many clients expect.
   */
  constructor(query: LogQuery, terminal: boolean, join: boolean, capacity = 512 * 1024) {
    this.#query = query;
    this.since = query.since > 0n ? timeOfNanos(query.since) : "";
    this.until = query.until > 0n ? timeOfNanos(query.until) : "";
    this.sinceBytes = Buffer.from(this.since);
    this.untilBytes = Buffer.from(this.until);
    this.timestamps = query.timestamps;
    this.details = query.details;
    this.needsTime = query.timestamps || this.since !== "" || this.until !== "";
    this.#frameHeader = terminal ? 0 : 8;
    this.#joinUpTo = join ? 16 * 1024 : 0;
    this.room = this.#frameHeader;
    this.setAttrs(new Uint8Array(0), undefined);
    this.bytes = new Uint8Array(capacity);
  }

  wants(stream: StreamName): boolean {
    return this.#query[stream];
  }

  /** Remembers the attributes of the lines to come: as a rule all lines of a log have the same. */
  setAttrs(source: Uint8Array, attrs: Readonly<Record<string, string>> | undefined): void {
    this.attrsSource = source;
    this.detailsText = this.details ? Buffer.from(`${detailsOf(attrs)} `) : new Uint8Array(0);
  }

  /** Whether the next entry of either stream may continue a line. */
  get isMidLine(): boolean {
    return this.#midLine.stdout || this.#midLine.stderr;
  }

  /**
   * Starts an entry unless the query leaves it out. `time` (nine digits, UTC) is needed only if
   * `needsTime`. `continues`: this entry goes on with a line; by default what `close` found out.
   */
  open(
    stream: StreamName,
    time: string,
    attrs: Readonly<Record<string, string>> | undefined,
    continues = this.#midLine[stream],
  ): boolean {
    if (this.since !== "" && time < this.since) return false;
    if (this.until !== "" && time > this.until) {
      this.finished = true;
      return false;
    }
    if (!this.#query[stream]) return false;
    this.#frame = this.length;
    this.#stream = stream;
    if (stream !== this.#openStream) this.room = this.#frameHeader;
    this.reserve(this.room);
    this.length += this.room;
    if (!continues) {
      if (this.#query.timestamps) this.#text(`${time} `);
      if (this.#query.details) this.#text(`${detailsOf(attrs)} `);
    }
    this.#line = this.length;
    return true;
  }

  /** Makes room for `count` more bytes; `bytes` may be another array afterwards. */
  reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + count));
    larger.set(this.bytes);
    this.bytes = larger;
  }

  /** Ends the entry. `unfinished`: the line goes on in the next entry of the stream, if it is known. */
  close(unfinished?: boolean): void {
    this.#closed(this.#frame, this.#line, this.#stream, unfinished);
  }

  /** For a decoder that has put frame header room and line into `bytes` itself. */
  closeAt(line: number, end: number, stream: StreamName): void {
    const frame = this.length;
    this.length = end;
    this.#closed(frame, line, stream);
  }

  #closed(at: number, line: number, stream: StreamName, unfinished?: boolean): void {
    this.#midLine[stream] =
      unfinished ?? (this.length - line >= pieceSize && this.bytes[this.length - 1] !== 10);
    if (this.#frameHeader === 0) return;
    const frame = this.room === 0 ? this.#joinedFrame(at, stream) : at;
    const { bytes } = this;
    const size = this.length - frame - 8;
    bytes[frame] = stream === "stdout" ? 1 : 2;
    bytes[frame + 1] = 0;
    bytes[frame + 2] = 0;
    bytes[frame + 3] = 0;
    bytes[frame + 4] = size >>> 24;
    bytes[frame + 5] = size >>> 16;
    bytes[frame + 6] = size >>> 8;
    bytes[frame + 7] = size;
    this.#openFrame = frame;
    this.#openStream = stream;
    this.room = size < this.#joinUpTo ? 0 : this.#frameHeader;
  }

  /** An entry was put right behind the open frame: it belongs to it, or has to make room for a header after all. */
  #joinedFrame(at: number, stream: StreamName): number {
    if (stream === this.#openStream) return this.#openFrame;
    this.reserve(this.#frameHeader);
    this.bytes.copyWithin(at + this.#frameHeader, at, this.length);
    this.length += this.#frameHeader;
    return at;
  }

  /** Drops the entry that was opened last. */
  cancel(): void {
    this.length = this.#frame;
  }

  /** Everything collected so far, as bytes of their own. */
  take(): Uint8Array | undefined {
    if (this.length === 0) return undefined;
    const full = this.bytes.slice(0, this.length);
    this.length = 0;
    this.room = this.#frameHeader;
    return full;
  }

  #text(text: string): void {
    const encoded = Buffer.from(text);
    this.reserve(encoded.length);
    this.bytes.set(encoded, this.length);
    this.length += encoded.length;
  }
}

/** Docker's `--details`: sorted `key=value` pairs, each query-escaped, joined by commas. */
function detailsOf(attrs: Readonly<Record<string, string>> | undefined): string {
  if (!attrs) return "";
  return Object.keys(attrs)
    .sort()
    .map((key) => `${queryEscape(key)}=${queryEscape(attrs[key] ?? "")}`)
    .join(",");
}

function queryEscape(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%20/g, "+");
}

/** Nanoseconds since the epoch as the fixed-width time text that entries are compared by. */
export function timeOfNanos(nanos: bigint): string {
  return timeOf(Number(nanos / 1_000_000_000n), Number(nanos % 1_000_000_000n));
}

export function timeOf(seconds: number, nanos: number): string {
  const carry = nanos >= 1e9 ? 1 : 0;
  const date = new Date((seconds + carry) * 1000).toISOString();
  return `${date.slice(0, date.indexOf("."))}.${String(nanos - carry * 1e9).padStart(9, "0")}Z`;
}

/**
 * Any RFC 3339 time as UTC with nine digits, so that text order is time order.
 * Undefined for text that is no time.
 */
export function fixedTime(text: string): string | undefined {
  const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?(Z|[+-]\d\d:\d\d)$/.exec(text);
  if (!parts) return undefined;
  const [, base = "", fraction = "", zone = "Z"] = parts;
  const digits = fraction.padEnd(9, "0");
  if (zone === "Z") return `${base}.${digits}Z`;
  const milliseconds = Date.parse(`${base}${zone}`);
  return Number.isNaN(milliseconds) ? undefined : timeOf(milliseconds / 1000, Number(digits));
}
