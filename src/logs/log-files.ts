import type { Stats } from "node:fs";
import { mkdtemp, readdir, rm, rmdir, stat, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { internal } from "../errors/engine-error.ts";
import { OpenFile } from "./open-file.ts";

/** Which rotated files there may be: `x.log.2.gz` has the number 2, the live file 0. */
async function numbersOf(path: string): Promise<{ name: string; number: number }[]> {
  const live = basename(path);
  const names = await readdir(dirname(path)).catch(() => []);
  return names.flatMap((name) => {
    if (name === live) return [{ name, number: 0 }];
    const parts = name.startsWith(`${live}.`) ? /^(\d{1,6})(\.gz)?$/.exec(name.slice(live.length + 1)) : null;
    return parts ? [{ name, number: Number(parts[1]) }] : [];
  });
}

const highest = async (path: string) => Math.max(0, ...(await numbersOf(path)).map((found) => found.number));

/**
 * Opens all files of a log, oldest first, the live one last, while they may be rotated. Files
 * only ever move to higher numbers, so looking at the numbers in ascending order meets every
 * file: one that has moved on meanwhile is met at a later number. A file may be met twice, as
 * itself or as its compressed copy; what was met in between is either newer than it, born
 * during this look and not part of it, or older and will be met again: it is let go. Compressed
 * files stay as they are until `unpacked`.
 */
export async function openLogFiles(path: string): Promise<LogFile[]> {
  // File times come from a clock that ticks in steps.
  const began = Date.now() - 50;
  const newestFirst: LogFile[] = [];
  let last = await highest(path);
  for (let number = 0; number <= last; number++) {
    const file = await openNumber(path, number);
    const known = file ? await indexOfSame(newestFirst, file, began) : -1;
    if (file && known < 0) newestFirst.push(file);
    else if (file) {
      for (const other of [file, ...newestFirst.splice(known + 1)]) await other[Symbol.asyncDispose]();
    }
    if (number === last) last = Math.max(last, await highest(path));
  }
  return newestFirst.reverse();
}

async function indexOfSame(files: readonly LogFile[], file: LogFile, began: number): Promise<number> {
  const index = files.findIndex((other) => other.inode === file.inode);
  if (index >= 0 || !file.compressed || file.modified < began) return index;
  for (const [at, other] of files.entries()) if (await file.isCopyOf(other)) return at;
  return -1;
}

/** The plain file if both are there: then the compressed one may not be whole. */
async function openNumber(path: string, number: number): Promise<LogFile | undefined> {
  const names = number === 0 ? [path] : [`${path}.${number}`, `${path}.${number}.gz`];
  for (const name of names) {
    const file = await OpenFile.open(name, "r").catch(() => undefined);
    if (!file) continue;
    const info = await file.stat();
    return new LogFile(file, info, name.endsWith(".gz") && number > 0, path);
  }
  return undefined;
}

/** One file of a log, held open, so that a rotation cannot take it away while it is read. */
export class LogFile implements AsyncDisposable {
  #file: OpenFile;
  #size: number;
  /** Not unpacked yet. */
  #packed: boolean;
  /** Came as a compressed file. */
  readonly compressed: boolean;
  readonly inode: number;
  readonly modified: number;
  readonly #path: string;

  constructor(file: OpenFile, info: Stats, compressed: boolean, path: string) {
    this.#file = file;
    this.inode = info.ino;
    this.modified = info.mtimeMs;
    this.#size = info.size;
    this.compressed = compressed;
    this.#packed = compressed;
    this.#path = path;
  }

  /** Bytes when it was opened. The live file grows on. */
  get size(): number {
    return this.#size;
  }

  read(bytes: Uint8Array, start: number, end: number, position: number): Promise<number> {
    return this.#file.read(bytes, start, end, position);
  }

  async currentSize(): Promise<number> {
    return (await this.#file.stat()).size;
  }

  /** Replaces a compressed file by its content, kept in a nameless file: contents may be large. */
  async unpacked(): Promise<this> {
    if (!this.#packed) return this;
    const directory = await mkdtemp(join(dirname(this.#path), ".unpack-"));
    const path = join(directory, "log");
    try {
      const plain = await OpenFile.open(path, "w+");
      try {
        const packed = Readable.from(this.#blocks());
        for await (const chunk of packed.pipe(createGunzip())) await plain.append(chunk);
      } catch (error) {
        await plain[Symbol.asyncDispose]();
        throw internal(`unpack a rotated file of log "${this.#path}"`, error);
      }
      await this.#file[Symbol.asyncDispose]();
      this.#file = plain;
      this.#size = await this.currentSize();
      this.#packed = false;
    } finally {
      await unlink(path).catch(() => {});
      await rmdir(directory).catch(() => {});
    }
    return this;
  }

  /** Whether a compression made it of the other file: same length, same beginning. */
  async isCopyOf(other: LogFile): Promise<boolean> {
    if (!this.compressed || other.compressed) return false;
    const size = await other.currentSize();
    if ((await this.unpacked()).size !== size) return false;
    const [mine, others] = [new Uint8Array(Math.min(size, 65536)), new Uint8Array(Math.min(size, 65536))];
    await this.read(mine, 0, mine.length, 0);
    await other.read(others, 0, others.length, 0);
    return Buffer.compare(mine, others) === 0;
  }

  async *#blocks(): AsyncGenerator<Uint8Array> {
    for (let position = 0; ; ) {
      const block = new Uint8Array(128 * 1024);
      const count = await this.#file.read(block, 0, block.length, position);
      if (count === 0) return;
      yield block.subarray(0, count);
      position += count;
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#file[Symbol.asyncDispose]();
  }
}

/** The inode that bears the log's name now; undefined while there is none. */
export async function liveInode(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.ino;
}

export async function removeLogFiles(path: string): Promise<void> {
  for (const { name } of await numbersOf(path)) await rm(join(dirname(path), name), { force: true });
}
