import { mkdtemp, readdir, rm, rmdir, stat, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { internal } from "../errors/engine-error.ts";
import { OpenFile } from "./open-file.ts";

interface FoundFile {
  readonly path: string;
  readonly inode: number;
  readonly compressed: boolean;
}

/** The files of a log, oldest first, the live one last: `x.log.2.gz`, `x.log.1`, `x.log`. */
async function findFiles(path: string): Promise<FoundFile[]> {
  const name = basename(path);
  const names = await readdir(dirname(path)).catch(() => []);
  const numbered = names.flatMap((candidate) => {
    if (candidate === name) return [{ candidate, number: 0, compressed: false }];
    const rest = candidate.startsWith(`${name}.`) ? candidate.slice(name.length) : "";
    const parts = /^\.(\d+)(\.gz)?$/.exec(rest);
    return parts ? [{ candidate, number: Number(parts[1]), compressed: parts[2] !== undefined }] : [];
  });
  numbered.sort((a, b) => b.number - a.number || Number(b.compressed) - Number(a.compressed));
  const found: FoundFile[] = [];
  for (const { candidate, compressed } of numbered) {
    const file = join(dirname(path), candidate);
    const info = await stat(file).catch(() => undefined);
    if (info) found.push({ path: file, inode: info.ino, compressed });
  }
  return found;
}

const sameFiles = (a: readonly FoundFile[], b: readonly FoundFile[]) =>
  a.length === b.length && a.every((file, index) => file.inode === b[index]?.inode);

/**
 * Opens all files of a log as they were at one moment: when a rotation goes on meanwhile, it
 * begins again. Compressed files stay as they are until `unpacked`.
 */
export async function openLogFiles(path: string): Promise<LogFile[]> {
  for (let attempt = 0; ; attempt++) {
    const found = await findFiles(path);
    const opened: LogFile[] = [];
    for (const file of found) {
      const plain = await OpenFile.open(file.path, "r").catch(() => undefined);
      if (!plain) break;
      const info = await plain.stat();
      opened.push(new LogFile(plain, info.ino, info.size, file.compressed, path));
    }
    const settled =
      opened.length === found.length &&
      found.every((file, index) => file.inode === opened[index]?.inode) &&
      sameFiles(found, await findFiles(path));
    if (settled || attempt >= 20) return withoutHalfCompressed(opened, found);
    for (const file of opened) await file[Symbol.asyncDispose]();
  }
}

/** While a file is being compressed, both forms are there: the plain one is the whole one. */
async function withoutHalfCompressed(opened: LogFile[], found: readonly FoundFile[]): Promise<LogFile[]> {
  const kept: LogFile[] = [];
  for (const [index, file] of opened.entries()) {
    const here = found[index];
    const isCopy = here?.compressed && found.some((other) => `${other.path}.gz` === here.path);
    if (isCopy) await file[Symbol.asyncDispose]();
    else kept.push(file);
  }
  return kept;
}

/** One file of a log, held open, so that a rotation cannot take it away while it is read. */
export class LogFile implements AsyncDisposable {
  #file: OpenFile;
  #size: number;
  #compressed: boolean;
  readonly inode: number;
  readonly #path: string;

  constructor(file: OpenFile, inode: number, size: number, compressed: boolean, path: string) {
    this.#file = file;
    this.inode = inode;
    this.#size = size;
    this.#compressed = compressed;
    this.#path = path;
  }

  /** Bytes when it was opened. The live file grows on. */
  get size(): number {
    return this.#size;
  }

  get compressed(): boolean {
    return this.#compressed;
  }

  read(bytes: Uint8Array, start: number, end: number, position: number): Promise<number> {
    return this.#file.read(bytes, start, end, position);
  }

  async currentSize(): Promise<number> {
    return (await this.#file.stat()).size;
  }

  /** Replaces a compressed file by its content, kept in a nameless file: contents may be large. */
  async unpacked(): Promise<this> {
    if (!this.#compressed) return this;
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
      this.#compressed = false;
    } finally {
      await unlink(path).catch(() => {});
      await rmdir(directory).catch(() => {});
    }
    return this;
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
  for (const file of await findFiles(path)) await rm(file.path, { force: true });
}
