import { createReadStream } from "node:fs";
import { type FileHandle, mkdtemp, open, readdir, rm, rmdir, stat, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";

/** One file of a log, held open, so that a rotation cannot take it away while it is read. */
export interface LogFile extends AsyncDisposable {
  readonly handle: FileHandle;
  readonly inode: number;
  /** Bytes when it was opened. The live file grows on. */
  readonly size: number;
}

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
export async function openLogFiles(path: string): Promise<OpenedFile[]> {
  for (let attempt = 0; ; attempt++) {
    const found = await findFiles(path);
    const opened: OpenedFile[] = [];
    for (const file of found) {
      const handle = await open(file.path, "r").catch(() => undefined);
      if (!handle) break;
      const info = await handle.stat();
      opened.push(new OpenedFile(handle, info.ino, info.size, file.compressed, path));
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
async function withoutHalfCompressed(
  opened: OpenedFile[],
  found: readonly FoundFile[],
): Promise<OpenedFile[]> {
  const kept: OpenedFile[] = [];
  for (const [index, file] of opened.entries()) {
    const here = found[index];
    const isCopy = here?.compressed && found.some((other) => `${other.path}.gz` === here.path);
    if (isCopy) await file[Symbol.asyncDispose]();
    else kept.push(file);
  }
  return kept;
}

export class OpenedFile implements LogFile {
  #handle: FileHandle;
  #size: number;
  #compressed: boolean;
  readonly inode: number;
  readonly #path: string;

  constructor(handle: FileHandle, inode: number, size: number, compressed: boolean, path: string) {
    this.#handle = handle;
    this.inode = inode;
    this.#size = size;
    this.#compressed = compressed;
    this.#path = path;
  }

  get handle(): FileHandle {
    return this.#handle;
  }

  get size(): number {
    return this.#size;
  }

  /** Replaces a compressed file by its content, kept in a nameless file: contents may be large. */
  async unpacked(): Promise<this> {
    if (!this.#compressed) return this;
    const directory = await mkdtemp(join(dirname(this.#path), ".unpack-"));
    const file = join(directory, "log");
    try {
      const plain = await open(file, "w+", 0o600);
      const packed = createReadStream("", { fd: this.#handle.fd, autoClose: false, start: 0 });
      await pipeline(packed, createGunzip(), plain.createWriteStream({ autoClose: false }));
      await this.#handle.close();
      this.#handle = plain;
      this.#size = (await plain.stat()).size;
      this.#compressed = false;
    } finally {
      await unlink(file).catch(() => {});
      await rmdir(directory).catch(() => {});
    }
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }
}

/** The inode that bears the log's name now; undefined while there is none. */
export async function liveInode(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.ino;
}

export async function removeLogFiles(path: string): Promise<void> {
  for (const file of await findFiles(path)) await rm(file.path, { force: true });
}
