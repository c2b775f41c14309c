import { constants, fstatSync } from "node:fs";
import { invalidArgument } from "../../../errors/engine-error.ts";
import { isWhiteoutNode } from "../../../snapshots/whiteout.ts";
import {
  changeModeAt,
  changeOwnerAt,
  changeTimes,
  errnoCodeOf,
  type FileTime,
  makeDirectoryAt,
  tryUnlinkAt,
} from "../../../sys/files.ts";
import { errnoName, kernelError } from "../../../sys/libc.ts";
import { exactLstatOf } from "../../../sys/names.ts";
import { closeFd, fdPath, O_PATH, openInRoot, statInRoot, tryOpenInRoot } from "../../../sys/rooted-path.ts";
import { copyXattrs, timeOf } from "./file-attributes.ts";
import type { Owner } from "./find-owner.ts";

const openFlags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** A directory that is written to, open. */
export interface TargetDirectory {
  readonly fd: number;
  readonly parts: readonly string[];
  /** It was not there before, in no layer. */
  readonly isNew: boolean;
}

/**
 * Where a copy goes: the directory of a layer, with the tree it will stand on beside it. Nothing is
 * mounted: directories that are there below get into the layer with their owner, mode and time, as
 * overlayfs would copy them up; what is made in a layer of its own (`--link`) knows nothing below.
 * All is opened name by name and never through a link.
 */
export class TargetTree implements Disposable {
  readonly #root: number;
  readonly #below: number | undefined;
  readonly #owner: Owner;
  readonly #open = new Map<string, TargetDirectory>();
  /** Set at the end: everything that is put into a directory changes its time. */
  readonly #times = new Map<string, FileTime>();

  /** `owner`: of directories that have to be made. */
  constructor(root: number, below: number | undefined, owner: Owner) {
    this.#root = root;
    this.#below = below;
    this.#owner = owner;
  }

  /** The directory, made with those above it where they are missing. It belongs to this. */
  directory(parts: readonly string[]): TargetDirectory {
    const path = parts.join("/");
    const known = this.#open.get(path);
    if (known) return known;
    const directory = this.#openOrMake(parts, path);
    this.#open.set(path, directory);
    return directory;
  }

  /** A directory that is copied into another: what is there and is none makes room for it. */
  child(parent: TargetDirectory, name: string): TargetDirectory {
    const parts = [...parent.parts, name];
    const path = parts.join("/");
    if (this.#open.has(path) || this.isDirectory(parts) !== false) return this.directory(parts);
    this.clear(parent, name);
    const directory = this.#make(parent, name, parts);
    this.#open.set(path, directory);
    return directory;
  }

  /** What is there under the name, in this layer or below it. */
  isDirectory(parts: readonly string[]): boolean | undefined {
    const path = parts.join("/");
    const stats =
      statInRoot(this.#root, path, { follow: false }) ??
      (this.#below === undefined ? undefined : statInRoot(this.#below, path, { follow: false }));
    return stats && !isWhiteoutNode(stats) ? stats.isDirectory() : undefined;
  }

  /** Makes room for what is no directory. */
  clear(directory: TargetDirectory, name: string): void {
    if (this.#below !== undefined && !directory.isNew) {
      const path = [...directory.parts, name].join("/");
      if (statInRoot(this.#below, path, { follow: false })?.isDirectory()) throw overDirectory(path);
    }
    try {
      tryUnlinkAt(directory.fd, name);
    } catch (error) {
      if (errnoCodeOf(error) === "EISDIR") throw overDirectory([...directory.parts, name].join("/"));
      throw error;
    }
  }

  setTime(directory: TargetDirectory, time: FileTime): void {
    this.#times.set(directory.parts.join("/"), time);
  }

  /** After all was written. */
  finish(): void {
    for (const [path, time] of this.#times) {
      const directory = this.#open.get(path);
      if (directory) changeTimes(directory.fd, time);
    }
  }

  /** Closes what nothing is put into any more; its time is set already. */
  leave(directory: TargetDirectory): void {
    const path = directory.parts.join("/");
    const time = this.#times.get(path);
    if (time) changeTimes(directory.fd, time);
    this.#open.delete(path);
    closeFd(directory.fd);
  }

  [Symbol.dispose](): void {
    for (const { fd } of this.#open.values()) closeFd(fd);
    this.#open.clear();
  }

  #openOrMake(parts: readonly string[], path: string): TargetDirectory {
    const name = parts.at(-1);
    if (name === undefined) return this.#openRoot();
    const parent = this.directory(parts.slice(0, -1));
    const there = tryOpenInRoot(parent.fd, name, openFlags);
    if (there >= 0) return { fd: there, parts, isNew: parent.isNew || !this.#isBelow(path) };
    const code = errnoName(-there);
    if (code === "ENOTDIR" || code === "ELOOP") throw notADirectory(path);
    if (code !== "ENOENT") throw kernelError(`open directory "/${path}"`, -there);
    const below =
      parent.isNew || this.#below === undefined
        ? -1
        : tryOpenInRoot(this.#below, path, O_PATH | constants.O_NOFOLLOW);
    try {
      if (below >= 0 && !fstatSync(below).isDirectory()) throw notADirectory(path);
      return below >= 0 ? this.#copyUp(parent, name, parts, below) : this.#make(parent, name, parts);
    } finally {
      if (below >= 0) closeFd(below);
    }
  }

  #openRoot(): TargetDirectory {
    const fd = openInRoot(this.#root, "/", openFlags);
    const isNew = this.#below === undefined;
    const root = { fd, parts: [], isNew };
    if (this.#below !== undefined) this.setTime(root, timeOf(exactLstatOf(`${fdPath(this.#below)}/.`)));
    return root;
  }

  #make(parent: TargetDirectory, name: string, parts: readonly string[]): TargetDirectory {
    makeDirectoryAt(parent.fd, name, 0o755);
    const { uid, gid } = this.#owner;
    if (uid !== 0 || gid !== 0) changeOwnerAt(parent.fd, name, uid, gid);
    changeModeAt(parent.fd, name, 0o755);
    return { fd: openInRoot(parent.fd, name, openFlags), parts, isNew: true };
  }

  #copyUp(parent: TargetDirectory, name: string, parts: readonly string[], below: number): TargetDirectory {
    const stats = exactLstatOf(`${fdPath(below)}/.`);
    makeDirectoryAt(parent.fd, name, 0o700);
    const fd = openInRoot(parent.fd, name, openFlags);
    changeOwnerAt(fd, ".", Number(stats.uid), Number(stats.gid));
    changeModeAt(fd, ".", Number(stats.mode & 0o7777n));
    copyXattrs(`${fdPath(below)}/.`, `${fdPath(fd)}/.`);
    const directory = { fd, parts, isNew: false };
    this.setTime(directory, timeOf(stats));
    return directory;
  }

  #isBelow(path: string): boolean {
    return (
      this.#below !== undefined && statInRoot(this.#below, path, { follow: false })?.isDirectory() === true
    );
  }
}

function notADirectory(path: string): Error {
  return invalidArgument(`cannot copy to non-directory: /${path}`);
}

function overDirectory(path: string): Error {
  return invalidArgument(`cannot overwrite directory "/${path}" with non-directory`);
}
