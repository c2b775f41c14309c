import { dirname } from "node:path";
import { DirectoryWatch } from "./directory-watch.ts";
import type { EntryWriter } from "./entry-writer.ts";
import { type LogFile, liveInode, openLogFiles } from "./log-files.ts";
import type { LogFormat } from "./log-format.ts";
import type { FollowOptions, LogQuery } from "./log-reader.ts";
import { chooseStretches } from "./start-position.ts";

const readSize = 256 * 1024;
const enough = 192 * 1024;

/**
 * The whole reading of one log: what is there, then, following, what is added, until the
 * container has ended and the file is read out. The watch begins before the files are looked
 * at, and a file is read to its end once more after its name was found to have gone to
 * another one: so no line is lost or doubled over a rotation.
 */
// trail: logs -f
export async function* logChunks(
  path: string,
  format: LogFormat,
  query: LogQuery,
  writer: EntryWriter,
  follow: FollowOptions,
): AsyncGenerator<Uint8Array, undefined> {
  using watch = follow.follow ? new DirectoryWatch(dirname(path)) : undefined;
  await using open = new AsyncDisposableStack();
  let ended = false;
  const finish = () => {
    ended = true;
    watch?.poke();
  };
  follow.ended.then(finish, finish);
  const wake = () => watch?.poke();
  follow.signal.addEventListener("abort", wake);
  open.defer(() => follow.signal.removeEventListener("abort", wake));
  const untilTimer = watch && query.until > 0n ? setTimeout(wake, untilDelay(query.until)) : undefined;
  open.defer(() => clearTimeout(untilTimer));

  const cursor = new LogCursor(path, format, writer);
  open.use(cursor);
  await cursor.begin(query);
  while (!follow.signal.aborted) {
    // Looked at before reading: what was written until the end is then read below.
    const last = !watch || ended || (query.until > 0n && Date.now() >= milliseconds(query.until));
    for (;;) {
      const more = await cursor.advance();
      const chunk = writer.take();
      if (chunk) yield chunk;
      if (writer.finished || follow.signal.aborted) return undefined;
      if (!more) break;
    }
    if (last) return undefined;
    await watch.next();
  }
  return undefined;
}

/** Timers hold 31 bits of milliseconds; a later end is as good as none. */
const milliseconds = (nanos: bigint) => Number(nanos / 1_000_000n);

const untilDelay = (until: bigint) =>
  Math.min(Math.max(0, milliseconds(until) - Date.now()) + 1, 2 ** 31 - 1);

/** Where reading stands: the open file, the offset, and the bytes of an entry that is not complete yet. */
class LogCursor implements AsyncDisposable {
  readonly #path: string;
  readonly #format: LogFormat;
  readonly #writer: EntryWriter;
  /** Files still to be read, oldest first; the last one is live. */
  #files: { file: LogFile; start: number }[] = [];
  #buffer = new Uint8Array(readSize);
  #start = 0;
  #end = 0;
  #offset = 0;

  constructor(path: string, format: LogFormat, writer: EntryWriter) {
    this.#path = path;
    this.#format = format;
    this.#writer = writer;
  }

  async begin(query: LogQuery): Promise<void> {
    const files = await openLogFiles(this.#path);
    this.#files = files.map((file) => ({ file, start: 0 }));
    const chosen = await chooseStretches(files, this.#format, query);
    for (const file of files.slice(0, files.length - chosen.length)) await file[Symbol.asyncDispose]();
    this.#files = chosen;
    this.#rewind(this.#files[0]?.start ?? 0);
  }

  /** Decodes some more. False when everything that is there has been read. */
  async advance(): Promise<boolean> {
    const current = this.#files[0];
    if (!current) return this.#openSuccessors(undefined);
    if (this.#decode()) return true;
    if (await this.#fill(current.file)) {
      this.#decode();
      return true;
    }
    if (this.#files.length > 1) {
      await this.#drop();
      return true;
    }
    if ((await current.file.currentSize()) < this.#offset) {
      this.#rewind(0);
      return true;
    }
    const inode = await liveInode(this.#path);
    if (inode === undefined || inode === current.file.inode) return false;
    return this.#openSuccessors(current.file);
  }

  /** True when there is output now, or more complete entries wait. */
  #decode(): boolean {
    if (this.#start === this.#end) return false;
    const before = this.#start;
    this.#start = this.#format.decode(this.#buffer, this.#start, this.#end, this.#writer, enough);
    return this.#start > before;
  }

  async #fill(file: LogFile): Promise<boolean> {
    const rest = this.#end - this.#start;
    if (this.#start > 0) this.#buffer.copyWithin(0, this.#start, this.#end);
    if (rest === this.#buffer.length) {
      const larger = new Uint8Array(this.#buffer.length * 2);
      larger.set(this.#buffer);
      this.#buffer = larger;
    }
    this.#start = 0;
    this.#end = rest;
    const count = await file.read(this.#buffer, rest, this.#buffer.length, this.#offset);
    this.#end += count;
    this.#offset += count;
    return count > 0;
  }

  #rewind(offset: number): void {
    this.#start = 0;
    this.#end = 0;
    this.#offset = offset;
  }

  async #drop(): Promise<void> {
    const done = this.#files.shift();
    await done?.file[Symbol.asyncDispose]();
    this.#rewind(this.#files[0]?.start ?? 0);
  }

  /**
   * The log's name has gone to another file: everything newer than `current` comes next. The
   * old file may have got its last lines meanwhile, so it is read to its end first.
   */
  async #openSuccessors(current: LogFile | undefined): Promise<boolean> {
    const files = await openLogFiles(this.#path);
    const newer: LogFile[] = [];
    for (const file of files.toReversed()) {
      if (current && (file.inode === current.inode || (await file.isCopyOf(current)))) break;
      newer.unshift(file);
    }
    for (const file of files.slice(0, files.length - newer.length)) await file[Symbol.asyncDispose]();
    for (const file of newer) this.#files.push({ file: await file.unpacked(), start: 0 });
    return newer.length > 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { file } of this.#files) await file[Symbol.asyncDispose]();
    this.#files = [];
  }
}
