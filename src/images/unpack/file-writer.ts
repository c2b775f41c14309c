import { ftruncateSync, writeSync } from "node:fs";
import type { TarEntry, TarSegment } from "../../lib/tar/entry.ts";
import { isOverlayAttribute } from "../../snapshots/whiteout.ts";
import { changeMode, changeOwner, changeTimes, errnoCodeOf } from "../../sys/files.ts";
import { closeFd } from "../../sys/rooted-path.ts";
import { entryPath, setXattr, setXattrOfFd } from "../../sys/xattr.ts";

/** Pieces of this size that are all zero become holes: a bomb of zeros takes no disk. */
const holeSize = 1 << 16;
const zeros = new Uint8Array(holeSize);

/** Bits that creating a file does not set as asked. */
const umask = process.umask();

/** Writes the content of one file of an archive and then what the archive says about it. */
export class FileWriter {
  readonly #fd: number;
  readonly #entry: TarEntry;
  readonly #owner: { uid: number; gid: number };
  readonly #segments: readonly TarSegment[];
  #segment = 0;
  #inSegment = 0;
  #open = true;
  #hole = false;

  constructor(fd: number, entry: TarEntry, owner: { uid: number; gid: number }) {
    this.#fd = fd;
    this.#entry = entry;
    this.#owner = owner;
    this.#segments = entry.sparse ?? [{ offset: 0, length: entry.size }];
  }

  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const segment = this.#segments[this.#segment];
      // The reader has checked that segments and data agree.
      if (!segment) return;
      const left = segment.length - this.#inSegment;
      if (left === 0) {
        this.#segment++;
        this.#inSegment = 0;
        continue;
      }
      const part = bytes.subarray(at, at + left);
      this.#put(part, segment.offset + this.#inSegment);
      this.#inSegment += part.length;
      at += part.length;
    }
  }

  #put(bytes: Uint8Array, offset: number): void {
    if (bytes.length < holeSize) {
      writeFully(this.#fd, bytes, offset);
      return;
    }
    for (let at = 0; at < bytes.length; ) {
      const end = Math.min(at + holeSize, bytes.length);
      const piece = bytes.subarray(at, end);
      if (piece.length === holeSize && Buffer.compare(piece, zeros) === 0) {
        this.#hole = true;
        at = end;
        continue;
      }
      // One call for all that follows up to the next hole.
      let stop = end;
      while (stop < bytes.length && Buffer.compare(bytes.subarray(stop, stop + holeSize), zeros) !== 0)
        stop = Math.min(stop + holeSize, bytes.length);
      writeFully(this.#fd, bytes.subarray(at, stop), offset + at);
      at = stop;
    }
  }

  finish(): void {
    const { mode, size, modified, sparse, xattrs } = this.#entry;
    if (this.#hole || sparse) ftruncateSync(this.#fd, size);
    const { uid, gid } = this.#owner;
    const foreign = uid !== 0 || gid !== 0;
    // Always chown for somebody else's; a new file is root's already.
    if (foreign) changeOwner(this.#fd, uid, gid);
    if (foreign || (mode & (umask | 0o7000)) !== 0) changeMode(this.#fd, mode);
    if (xattrs) setXattrs(xattrs, true, (name, value) => setXattrOfFd(this.#fd, name, value));
    changeTimes(this.#fd, modified);
  }

  close(): void {
    if (this.#open) closeFd(this.#fd);
    this.#open = false;
  }
}

function writeFully(fd: number, bytes: Uint8Array, offset: number): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at, offset + at);
}

export function setEntryXattrs(dir: number, name: string, entry: TarEntry): void {
  if (!entry.xattrs) return;
  const path = entryPath(dir, name);
  setXattrs(entry.xattrs, false, (key, value) => setXattr(path, key, value));
}

/** Attributes a file system does not take (a tmpfs, user.* on links) are left out, as Docker does. */
function setXattrs(
  xattrs: ReadonlyMap<string, Uint8Array>,
  isFile: boolean,
  set: (name: string, value: Uint8Array) => void,
): void {
  for (const [name, value] of xattrs) {
    if (isOverlayAttribute(name) || name.includes("\0")) continue;
    try {
      set(name, value);
    } catch (error) {
      const code = errnoCodeOf(error);
      const lossy = code === "EOPNOTSUPP" || code === "ENOTSUP" || (code === "EPERM" && !isFile);
      if (!lossy) throw error;
    }
  }
}
