import { constants, fstatSync, read as readFile, readSync } from "node:fs";
import { promisify } from "node:util";
import { epochSeconds, type TarEntry } from "../../lib/tar/entry.ts";
import { endOfArchive, formatHeader, type HeaderOptions, paddingAfter } from "../../lib/tar/tar-writer.ts";
import { isWhiteoutNode } from "../../snapshots/whiteout.ts";
import { namesIn } from "../../sys/names.ts";
import { closeFd, fdPath, tryOpenInRoot } from "../../sys/rooted-path.ts";
import { type FoundFile, readEntry } from "./file-entry.ts";

const readAsync = promisify(readFile);

const openFile = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const openDirectory = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** Chunks of about this size leave the packer, whatever the sizes of files are. */
const chunkSize = 1 << 18;

export interface PackOptions extends HeaderOptions {
  /** Times after this second are written as this second: for trees that shall pack to the same bytes again. */
  readonly newest?: number;
}

/** Puts files of open directories into a tar stream: one inode once, further names as hard links. */
export class TarPacker {
  readonly #options: PackOptions;
  readonly #firstNames = new Map<string, string>();
  #buffer = new Uint8Array(chunkSize);
  #count = 0;

  constructor(options: PackOptions = {}) {
    this.#options = options;
  }

  /** Adds one entry of an open directory under the path it shall have in the archive. */
  async *add(dir: number, name: string, path: string): AsyncGenerator<Uint8Array> {
    const found = readEntry(dir, name, path);
    if (found) yield* this.#add(dir, name, this.#asLink(found));
  }

  /** Adds an entry and, of a directory, all that is in it, sorted; marks of overlayfs are left out. */
  async *addTree(dir: number, name: string, path: string): AsyncGenerator<Uint8Array> {
    const found = readEntry(dir, name, path);
    if (!found || isWhiteoutNode(found.stats)) return;
    const entry = this.#asLink(found);
    // Most files are small: a generator for each would take longer than the file.
    if (!this.#addAtOnce(dir, name, entry)) yield* this.#add(dir, name, entry);
    if (entry.type !== "directory") return;
    const fd = tryOpenInRoot(dir, name, openDirectory);
    if (fd < 0) return;
    try {
      for (const child of namesIn(fdPath(fd)).sort()) {
        const below = readEntry(fd, child, `${path}/${child}`);
        if (!below || isWhiteoutNode(below.stats)) continue;
        if (below.entry.type === "directory") yield* this.addTree(fd, child, `${path}/${child}`);
        else {
          const linked = this.#asLink(below);
          if (!this.#addAtOnce(fd, child, linked)) yield* this.#add(fd, child, linked);
        }
      }
    } finally {
      closeFd(fd);
    }
  }

  async *#add(dir: number, name: string, entry: TarEntry): AsyncGenerator<Uint8Array> {
    if (entry.type !== "file" || entry.size === 0) yield* this.#header(entry);
    else yield* this.#file(dir, name, entry);
  }

  /** What fits into the chunk under way, without waiting. */
  #addAtOnce(dir: number, name: string, entry: TarEntry): boolean {
    const size = entry.type === "file" ? entry.size : 0;
    const header = formatHeader(this.#dated(entry), this.#options);
    const padding = paddingAfter(size).length;
    if (this.#count + header.length + size + padding >= chunkSize) return false;
    const start = this.#count + header.length;
    if (size > 0) {
      const fd = tryOpenInRoot(dir, name, openFile);
      if (fd < 0) return true;
      try {
        if (!fstatSync(fd).isFile()) return true;
        let done = 0;
        for (let count = -1; done < size && count !== 0; done += count)
          count = readSync(fd, this.#buffer, start + done, size - done, done);
        this.#buffer.fill(0, start + done, start + size);
      } finally {
        closeFd(fd);
      }
    }
    this.#buffer.set(header, this.#count);
    this.#buffer.fill(0, start + size, start + size + padding);
    this.#count = start + size + padding;
    return true;
  }

  #asLink(found: FoundFile): TarEntry {
    const first = this.#firstName(found, found.entry.path);
    return first === undefined
      ? found.entry
      : { ...found.entry, type: "hardlink", size: 0, linkTarget: first };
  }

  /** An entry that is in no directory: a whiteout. */
  async *addHeader(entry: TarEntry): AsyncGenerator<Uint8Array> {
    yield* this.#header(entry);
  }

  async *end(): AsyncGenerator<Uint8Array> {
    yield* this.#put(endOfArchive());
    if (this.#count > 0) yield this.#flush();
  }

  #firstName({ entry, stats }: FoundFile, path: string): string | undefined {
    if (entry.type === "directory" || stats.nlink < 2n) return undefined;
    const inode = `${stats.dev}:${stats.ino}`;
    const first = this.#firstNames.get(inode);
    if (first === undefined) this.#firstNames.set(inode, path);
    return first;
  }

  #dated(entry: TarEntry): TarEntry {
    const { newest } = this.#options;
    const late = newest !== undefined && entry.modified.seconds >= newest;
    return late ? { ...entry, modified: epochSeconds(newest) } : entry;
  }

  async *#header(entry: TarEntry): AsyncGenerator<Uint8Array> {
    yield* this.#put(formatHeader(this.#dated(entry), this.#options));
  }

  /** The header promises a size: a file that grows meanwhile is cut, one that shrinks is filled with zeros. */
  async *#file(dir: number, name: string, entry: TarEntry): AsyncGenerator<Uint8Array> {
    const fd = tryOpenInRoot(dir, name, openFile);
    if (fd < 0) return;
    try {
      // Swapped for something else between looking and opening: leave it out.
      if (!fstatSync(fd).isFile()) return;
      yield* this.#header(entry);
      for (let at = 0; at < entry.size; ) {
        const room = Math.min(chunkSize - this.#count, entry.size - at);
        const count =
          entry.size <= chunkSize
            ? readSync(fd, this.#buffer, this.#count, room, at)
            : (await readAsync(fd, this.#buffer, this.#count, room, at)).bytesRead;
        if (count === 0) this.#buffer.fill(0, this.#count, this.#count + room);
        this.#count += count || room;
        at += count || room;
        if (this.#count === chunkSize) yield this.#flush();
      }
      yield* this.#put(paddingAfter(entry.size));
    } finally {
      closeFd(fd);
    }
  }

  async *#put(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; ) {
      const part = bytes.subarray(at, at + chunkSize - this.#count);
      this.#buffer.set(part, this.#count);
      this.#count += part.length;
      at += part.length;
      if (this.#count === chunkSize) yield this.#flush();
    }
  }

  #flush(): Uint8Array {
    const full = this.#buffer.subarray(0, this.#count);
    this.#buffer = new Uint8Array(chunkSize);
    this.#count = 0;
    return full;
  }
}

/** A stream of generated chunks; giving it up ends the generator, which closes what it opened. */
export function streamOf(chunks: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await chunks.return(undefined);
      },
    },
    { highWaterMark: 2 },
  );
}
