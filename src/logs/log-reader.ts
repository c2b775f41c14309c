/** One line (or piece of a long line) of a container's output. */
export interface LogEntry {
  readonly stream: "stdout" | "stderr";
  /** RFC 3339 with nanoseconds. */
  readonly time: string;
  /** The bytes as written, with the newline when the line had one. */
  readonly line: Uint8Array;
  /** `attrs` of the line, for `--details`. */
  readonly attrs: Readonly<Record<string, string>>;
}

export interface LogQuery {
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** Nanoseconds since the epoch, 0 for no bound. */
  readonly since: bigint;
  readonly until: bigint;
  /** Last so many lines; -1 for all. */
  readonly tail: number;
  readonly timestamps: boolean;
  readonly details: boolean;
}

export interface FollowOptions {
  readonly follow: boolean;
  /** Resolves when the container is no longer running: read to the end, then finish. */
  readonly ended: Promise<unknown>;
  readonly signal: AbortSignal;
}

/**
 * Reads the files a shim writes. The output is ready for the wire: raw bytes for a
 * terminal container, Docker's 8-byte framing otherwise, with timestamps and details
 * already in front of the lines if asked for.
 */
export interface LogReader {
  read(path: string, query: LogQuery, terminal: boolean, follow: FollowOptions): ReadableStream<Uint8Array>;
  /** The last lines as text, for `why` and error messages. */
  lastLines(path: string, count: number): Promise<string[]>;
  remove(path: string): Promise<void>;
}
