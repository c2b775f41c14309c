import type { Stats } from "node:fs";
import { invalidArgument } from "../../errors/engine-error.ts";
import type { TarEntry, TarTime } from "../../lib/tar/entry.ts";
import { isWhiteoutNode, makeWhiteout, markOpaque } from "../../snapshots/whiteout.ts";
import {
  changeModeAt,
  changeOwnerAt,
  changeTimesAt,
  createFileAt,
  errnoCodeOf,
  linkAt,
  makeDirectoryAt,
  makeNodeAt,
  type NodeKind,
  symlinkAt,
} from "../../sys/files.ts";
import { removeTreeAt } from "../../sys/remove-tree.ts";
import { statInRoot } from "../../sys/rooted-path.ts";
import { archivePath, whiteoutOf } from "./archive-path.ts";
import { DirectoryCache } from "./directory-cache.ts";
import { FileWriter, setEntryXattrs } from "./file-writer.ts";

export interface WriteOptions {
  /**
   * What `.wh.` names mean: `overlay` turns them into overlayfs's on-disk form (a layer),
   * `none` takes them as ordinary names (docker cp).
   */
  readonly whiteouts: "overlay" | "none";
  /** Everything belongs to this owner instead of the one in the archive. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** Refuse to put a file in the place of a directory and the reverse, with Docker's words. */
  readonly noOverwriteDirNonDir?: boolean;
  /** Apply the archive's entry for the root itself (`./`); layers do, copies do not. */
  readonly rootAttributes?: boolean;
}

/** Makes the files an archive describes, one by one. All names are relative to open directories. */
export class EntryWriter {
  readonly #options: WriteOptions;
  readonly #directories: DirectoryCache;
  readonly #base: readonly string[];
  readonly directoryTimes = new Map<string, TarTime>();
  bytes = 0;

  /** `base`: where in the root the archive goes; its hard links count from there too. */
  constructor(root: number, base: readonly string[], options: WriteOptions) {
    this.#base = base;
    this.#options = options;
    this.#directories = new DirectoryCache(root, options.whiteouts === "overlay");
  }

  get implicitDirectories(): ReadonlySet<string> {
    return this.#directories.implicit;
  }

  /** Makes the entry; for a file gives back the writer of its content. */
  begin(parts: readonly string[], entry: TarEntry): FileWriter | undefined {
    this.#directories.settle();
    const name = parts.at(-1);
    if (name === undefined) {
      if (entry.type !== "directory") throw invalidArgument("the archive replaces its own root");
      if (this.#options.rootAttributes) this.#finish(this.#directories.get([]), ".", "", entry);
      return undefined;
    }
    const dir = this.#directories.get(parts.slice(0, -1));
    if (this.#options.whiteouts === "overlay" && this.#whiteout(dir, name, parts)) return undefined;
    if (entry.type === "file") return this.#file(dir, name, entry);
    this.#make(dir, name, entry);
    if (entry.type === "hardlink") return undefined;
    const path = parts.join("/");
    this.#directories.implicit.delete(path);
    this.#finish(dir, name, path, entry);
    return undefined;
  }

  close(): void {
    this.#directories.forget();
    this.#directories.settle();
  }

  #file(dir: number, name: string, entry: TarEntry): FileWriter {
    const create = () => createFileAt(dir, name, entry.mode & 0o777);
    const fd = this.#replacing(dir, name, entry, create);
    this.bytes += entry.size;
    return new FileWriter(fd, entry, this.#ownerOf(entry));
  }

  #make(dir: number, name: string, entry: TarEntry): void {
    if (entry.type === "directory") this.#directory(dir, name, entry);
    else if (entry.type === "hardlink") this.#hardlink(dir, name, entry);
    else if (entry.type === "symlink") this.#symlink(dir, name, entry);
    else if (entry.type !== "file") this.#node(dir, name, entry, entry.type);
  }

  #symlink(dir: number, name: string, entry: TarEntry): void {
    const target = entry.linkTarget ?? "";
    if (target === "" || target.includes("\0")) throw invalidArgument("invalid target of a symbolic link");
    this.bytes += Buffer.byteLength(target);
    this.#replacing(dir, name, entry, () => symlinkAt(target, dir, name));
  }

  #node(dir: number, name: string, entry: TarEntry, kind: NodeKind): void {
    const [mode, major, minor] = [entry.mode & 0o777, entry.deviceMajor ?? 0, entry.deviceMinor ?? 0];
    this.#replacing(dir, name, entry, () => makeNodeAt(dir, name, kind, mode, major, minor));
  }

  #directory(dir: number, name: string, entry: TarEntry): void {
    try {
      makeDirectoryAt(dir, name, entry.mode & 0o777);
    } catch (error) {
      if (errnoCodeOf(error) !== "EEXIST") throw error;
      const there = statInRoot(dir, name, { follow: false });
      if (there?.isDirectory()) return;
      const hidden = this.#options.whiteouts === "overlay" && there !== undefined && isWhiteoutNode(there);
      this.#clear(dir, name, entry, there);
      makeDirectoryAt(dir, name, entry.mode & 0o777);
      if (hidden) markOpaque(dir, name);
    }
  }

  #hardlink(dir: number, name: string, entry: TarEntry): void {
    const target = [...this.#base, ...archivePath(entry.linkTarget ?? "")];
    const targetName = target.at(-1);
    if (targetName === undefined) throw invalidArgument("a hard link to the root");
    const known = this.#directories.get(target.slice(0, -1));
    const there = statInRoot(known, targetName, { follow: false });
    if (!there) throw invalidArgument(`hard link to ${JSON.stringify(entry.linkTarget)}, which is not there`);
    if (there.isDirectory()) throw invalidArgument("a hard link to a directory");
    const now = statInRoot(dir, name, { follow: false });
    if (now && now.ino === there.ino && now.dev === there.dev) return;
    this.#replacing(dir, name, entry, () => linkAt(known, targetName, dir, name));
  }

  /** Tries, and if something is in the way removes that first. */
  #replacing<T>(dir: number, name: string, entry: TarEntry, make: () => T): T {
    try {
      return make();
    } catch (error) {
      if (errnoCodeOf(error) !== "EEXIST") throw error;
      this.#clear(dir, name, entry, statInRoot(dir, name, { follow: false }));
      return make();
    }
  }

  #clear(dir: number, name: string, entry: TarEntry, there: Stats | undefined): void {
    if (this.#options.noOverwriteDirNonDir && there) {
      const [old, fresh] = [there.isDirectory(), entry.type === "directory"];
      if (old && !fresh)
        throw invalidArgument(`cannot overwrite directory "${name}" with non-directory "${entry.path}"`);
      if (!old && fresh)
        throw invalidArgument(`cannot overwrite non-directory "${name}" with directory "${entry.path}"`);
    }
    removeTreeAt(dir, name);
    // A directory or a link to one may have gone: paths through it mean something else now.
    if (there?.isDirectory() || there?.isSymbolicLink()) this.#directories.forget();
  }

  /** True when the name was a layer's note about what it hides, and that is done. */
  #whiteout(dir: number, name: string, parts: readonly string[]): boolean {
    const whiteout = whiteoutOf(name);
    if (!whiteout) return false;
    if (whiteout.kind === "opaque" && parts.length > 1) markOpaque(dir, ".");
    if (whiteout.kind !== "hide") return true;
    // It speaks of lower layers only: what this layer itself has under the name stays.
    const there = statInRoot(dir, whiteout.name, { follow: false });
    if (!there) makeWhiteout(dir, whiteout.name);
    else if (there.isDirectory()) markOpaque(dir, whiteout.name);
    return true;
  }

  #ownerOf(entry: TarEntry): { uid: number; gid: number } {
    return this.#options.owner ?? { uid: entry.uid, gid: entry.gid };
  }

  /** Owner before mode and attributes: the kernel drops setuid bits and capabilities on chown. */
  #finish(dir: number, name: string, path: string, entry: TarEntry): void {
    const { uid, gid } = this.#ownerOf(entry);
    changeOwnerAt(dir, name, uid, gid);
    if (entry.type !== "symlink") changeModeAt(dir, name, entry.mode);
    setEntryXattrs(dir, name, entry);
    if (entry.type === "directory") this.directoryTimes.set(path, entry.modified);
    else changeTimesAt(dir, name, entry.modified);
  }
}
