import { notImplemented } from "../errors/engine-error.ts";
import { EntryWriter } from "./entry-writer.ts";
import { jsonLines } from "./json-line.ts";
import { localEntries } from "./local-entry.ts";
import { logChunks } from "./log-chunks.ts";
import { removeLogFiles } from "./log-files.ts";
import type { LogFormat } from "./log-format.ts";
import type { FollowOptions, LogQuery, LogReader } from "./log-reader.ts";

/** The reader of what a log driver wrote. */
export function logReaderFor(driver: string): LogReader {
  switch (driver) {
    case "json-file":
      return new FileLogReader(jsonLines);
    case "local":
      return new FileLogReader(localEntries);
    default:
      return new NoLogReader();
  }
}

/** Reads log files with their rotated predecessors. */
// trail: logs -f
export class FileLogReader implements LogReader {
  readonly #format: LogFormat;

  constructor(format: LogFormat) {
    this.#format = format;
  }

  read(path: string, query: LogQuery, terminal: boolean, follow: FollowOptions): ReadableStream<Uint8Array> {
    const cancelled = new AbortController();
    const signal = AbortSignal.any([follow.signal, cancelled.signal]);
    const writer = new EntryWriter(query, terminal, !follow.follow);
    const chunks = logChunks(path, this.#format, query, writer, { ...follow, signal });
    return new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const { value, done } = await chunks.next();
          if (done) controller.close();
          else controller.enqueue(value);
        },
        async cancel() {
          cancelled.abort();
          await chunks.return(undefined);
        },
      },
      { highWaterMark: 0 },
    );
  }

  async lastLines(path: string, count: number): Promise<string[]> {
    const query: LogQuery = { ...everything, tail: count };
    const options = { follow: false, ended: Promise.resolve(), signal: new AbortController().signal };
    const text = await new Response(this.read(path, query, true, options)).text();
    if (text === "") return [];
    return text.replace(/\n$/, "").split("\n").slice(-count);
  }

  remove(path: string): Promise<void> {
    return removeLogFiles(path);
  }
}

const everything: LogQuery = {
  stdout: true,
  stderr: true,
  since: 0n,
  until: 0n,
  tail: -1,
  timestamps: false,
  details: false,
};

/** For drivers that keep nothing here. */
export class NoLogReader implements LogReader {
  read(): ReadableStream<Uint8Array> {
    throw notImplemented("configured logging driver does not support reading");
  }

  async lastLines(): Promise<string[]> {
    return [];
  }

  async remove(): Promise<void> {}
}
