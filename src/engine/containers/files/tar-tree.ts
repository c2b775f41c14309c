import {
  constants,
  fstatSync,
  lstatSync,
  read,
  readdirSync,
  readlinkSync,
  readSync,
  type Stats,
} from "node:fs";
import type { TarEntry, TarTime, TarType } from "../../../lib/tar/entry.ts";
import { endOfArchive, formatHeader, paddingAfter } from "../../../lib/tar/tar-writer.ts";
import { errnoCodeOf, majorOf, minorOf } from "../../../sys/files.ts";
import { closeFd, fdPath, O_PATH, openInRoot } from "../../../sys/rooted-path.ts";
import { entryPath, getXattr, listXattrs } from "../../../sys/xattr.ts";

const chunkSize = 256 * 1024;
const directoryFlags = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const fileFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * A tar of what `name` in the open directory is, with everything below it, its entries named
 * from `as` on; with an empty `as` only what is below, as `docker export` has it. Files may
 * change and vanish meanwhile: what vanishes is left out, a file that shrinks is filled up
 * with zeros to the length its header has announced.
 */
export async function* tarTree(directory: number, name: string, as: string): AsyncGenerator<Uint8Array> {
  const tar = new TreeWriter();
  yield* tar.entry(directory, name, as);
  tar.put(endOfArchive());
  yield* tar.flush();
}

class TreeWriter {
  #buffer = new Uint8Array(chunkSize);
  #length = 0;
  readonly #linked = new Map<string, string>();

  async *entry(directory: number, name: string, as: string): AsyncGenerator<Uint8Array> {
    const info = statOf(directory, name);
    if (!info || info.isSocket()) return;
    const isRoot = as === "";
    if (info.isFile()) {
      yield* this.#file(directory, name, as, info);
    } else if (info.isDirectory()) {
      if (!isRoot) this.put(formatHeader(entryOf(directory, name, as, info, "directory")));
      yield* this.#directory(directory, name, isRoot || as.endsWith("/") ? as : `${as}/`);
    } else {
      const header = this.#special(directory, name, as, info);
      if (header) this.put(formatHeader(header));
    }
    if (this.#length > chunkSize / 2) yield* this.flush();
  }

  async *flush(): AsyncGenerator<Uint8Array> {
    if (this.#length === 0) return;
    const full = this.#buffer.subarray(0, this.#length);
    this.#buffer = new Uint8Array(chunkSize);
    this.#length = 0;
    yield full;
  }

  put(bytes: Uint8Array): void {
    if (this.#length + bytes.length > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(2 * this.#buffer.length, this.#length + bytes.length));
      larger.set(this.#buffer);
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  async *#directory(directory: number, name: string, prefix: string): AsyncGenerator<Uint8Array> {
    const opened = tryOpen(directory, name, directoryFlags);
    if (opened === undefined) return;
    try {
      for (const child of readdirSync(fdPath(opened)).sort())
        yield* this.entry(opened, child, prefix + child);
    } finally {
      closeFd(opened);
    }
  }

  #special(directory: number, name: string, as: string, info: Stats): TarEntry | undefined {
    if (info.isSymbolicLink()) {
      const linkTarget = readlinkSync(entryPath(directory, name));
      return { ...entryOf(directory, name, as, info, "symlink"), linkTarget };
    }
    if (info.isFIFO()) return entryOf(directory, name, as, info, "fifo");
    const type = info.isCharacterDevice() ? "char" : "block";
    return {
      ...entryOf(directory, name, as, info, type),
      deviceMajor: majorOf(info.rdev),
      deviceMinor: minorOf(info.rdev),
    };
  }

  async *#file(directory: number, name: string, as: string, seen: Stats): AsyncGenerator<Uint8Array> {
    const inode = `${seen.dev}:${seen.ino}`;
    const first = seen.nlink > 1 ? this.#linked.get(inode) : undefined;
    if (first !== undefined) {
      this.put(formatHeader({ ...entryOf(directory, name, as, seen, "hardlink"), linkTarget: first }));
      return;
    }
    const file = tryOpen(directory, name, fileFlags);
    if (file === undefined) return;
    try {
      const info = fstatSync(file);
      if (!info.isFile()) return;
      if (info.nlink > 1) this.#linked.set(inode, as);
      this.put(formatHeader({ ...entryOf(directory, name, as, info, "file"), size: info.size }));
      if (info.size <= chunkSize / 4) this.#smallContent(file, info.size);
      else {
        yield* this.flush();
        yield* largeContent(file, info.size);
      }
      this.put(paddingAfter(info.size));
    } finally {
      closeFd(file);
    }
  }

  #smallContent(file: number, size: number): void {
    if (size === 0) return;
    const content = new Uint8Array(size);
    for (let at = 0; at < size; ) {
      const count = readSync(file, content, at, size - at, at);
      if (count === 0) break;
      at += count;
    }
    this.put(content);
  }
}

async function* largeContent(file: number, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < size; ) {
    const chunk = new Uint8Array(Math.min(size - at, 2 * chunkSize));
    const count = await readAt(file, chunk, at);
    // A file that shrank: the rest of the chunk is zeros already.
    const used = count === 0 ? chunk.length : count;
    yield chunk.subarray(0, used);
    at += used;
  }
}

function readAt(file: number, bytes: Uint8Array, position: number): Promise<number> {
  return new Promise((resolve, reject) =>
    read(file, bytes, 0, bytes.length, position, (error, count) => (error ? reject(error) : resolve(count))),
  );
}

function statOf(directory: number, name: string): Stats | undefined {
  try {
    return lstatSync(entryPath(directory, name));
  } catch (error) {
    if (errnoCodeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function tryOpen(directory: number, name: string, flags: number): number | undefined {
  try {
    return openInRoot(directory, name, flags);
  } catch (error) {
    // Gone or become something else since it was listed.
    if (["ENOENT", "ELOOP", "ENOTDIR", "ENXIO"].includes(errnoCodeOf(error) ?? "")) return undefined;
    throw error;
  }
}

function entryOf(directory: number, name: string, as: string, info: Stats, type: TarType): TarEntry {
  const xattrs =
    type === "file" || type === "directory" ? attributesOf(entryPath(directory, name)) : undefined;
  return {
    path: as,
    type,
    mode: info.mode & 0o7777,
    uid: info.uid,
    gid: info.gid,
    size: 0,
    modified: timeOf(info),
    ...(xattrs ? { xattrs } : {}),
  };
}

/** File capabilities and what users set themselves; the rest belongs to this machine. */
function attributesOf(path: string): ReadonlyMap<string, Uint8Array> | undefined {
  const names = listXattrs(path).filter((name) => name === "security.capability" || name.startsWith("user."));
  if (names.length === 0) return undefined;
  const found = new Map<string, Uint8Array>();
  for (const name of names) {
    const value = name.startsWith("user.overlay.") ? undefined : getXattr(path, name);
    if (value) found.set(name, value);
  }
  return found;
}

function timeOf(info: Stats): TarTime {
  const seconds = Math.floor(info.mtimeMs / 1000);
  return { seconds, nanoseconds: Math.min(Math.round((info.mtimeMs - seconds * 1000) * 1e6), 999_999_999) };
}
