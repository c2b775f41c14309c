import { type BigIntStats, constants, fstatSync } from "node:fs";
import { cancelled, invalidArgument } from "../../../errors/engine-error.ts";
import type { IgnoreMatcher } from "../../../lib/ignore-file.ts";
import { isWhiteoutNode } from "../../../snapshots/whiteout.ts";
import {
  changeModeAt,
  changeOwnerAt,
  changeTimesAt,
  createFileAt,
  errnoCodeOf,
  linkAt,
  majorOf,
  makeNodeAt,
  minorOf,
  symlinkAt,
} from "../../../sys/files.ts";
import { exactLstatOf, namesIn, targetOf } from "../../../sys/names.ts";
import { closeFd, fdPath, openInRoot } from "../../../sys/rooted-path.ts";
import { entryPath } from "../../../sys/xattr.ts";
import { copyData } from "./copy-data.ts";
import { copyXattrs, timeOf } from "./file-attributes.ts";
import type { ChangeMode } from "./file-mode.ts";
import type { Owner } from "./find-owner.ts";
import type { TargetDirectory, TargetTree } from "./target-tree.ts";

const directoryOnly = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
/** Yield to other work after so many files. */
const sliceFiles = 256;

export interface CopyRules {
  /** Absent: everything keeps its owner. */
  readonly owner?: Owner;
  readonly mode?: ChangeMode;
  readonly excludes: IgnoreMatcher;
  /** Seconds: what is newer gets this time, so it needs an inode of its own. */
  readonly newest?: number;
  /** The sources change no more and go away soon: a file may become another name of theirs, once. */
  readonly mayLink: boolean;
  readonly signal: AbortSignal;
}

interface FirstName {
  /** Directory and name it was copied from. */
  readonly source: string;
  readonly parts: readonly string[];
  readonly name: string;
}

/** Copies files and directories of open directories into a target, as COPY does. */
// trail: build COPY
export class TreeCopier {
  readonly #target: TargetTree;
  readonly #rules: CopyRules;
  /** Files with several names, by inode: where the first one went. */
  readonly #firstNames = new Map<string, FirstName>();
  #mayLink: boolean;
  #seen = 0;

  constructor(target: TargetTree, rules: CopyRules) {
    this.#target = target;
    this.#rules = rules;
    this.#mayLink = rules.mayLink;
  }

  /** A file, a link or a node under a name. `relative`: what excludes are held to. */
  async file(dir: number, name: string, to: readonly string[], relative: string): Promise<void> {
    if (this.#rules.excludes.isIgnored(relative)) return;
    const parent = this.#target.directory(to.slice(0, -1));
    await this.#entry(dir, name, exactLstatOf(entryPath(dir, name)), parent, to.at(-1) ?? "");
  }

  /** What is in a directory, into one that is there or is made. */
  async contents(source: number, to: readonly string[], relative: string): Promise<void> {
    const target = this.#target.directory(to);
    await this.#children(source, relative, () => target);
  }

  /** Gives a directory of the target what one of the source has. */
  attributes(source: number, target: TargetDirectory): void {
    const from = `${fdPath(source)}/.`;
    const stats = exactLstatOf(from);
    const { uid, gid } = this.#ownerOf(stats);
    changeOwnerAt(target.fd, ".", uid, gid);
    changeModeAt(target.fd, ".", this.#modeOf(stats));
    copyXattrs(from, `${fdPath(target.fd)}/.`);
    this.#target.setTime(target, timeOf(stats));
  }

  /** `open` makes the directory when the first thing goes into it: excluded ones may stay empty. */
  async #children(source: number, relative: string, open: () => TargetDirectory): Promise<void> {
    for (const name of namesIn(fdPath(source)).sort()) {
      await this.#pause();
      const path = relative === "" ? name : `${relative}/${name}`;
      const stats = exactLstatOf(entryPath(source, name));
      const { excludes } = this.#rules;
      const excluded = excludes.isIgnored(path);
      if (!stats.isDirectory()) {
        if (!excluded) await this.#entry(source, name, stats, open(), name);
      } else if (!excluded || excludes.mayIncludeBelow(path)) {
        await this.#directory(source, name, path, open, excluded);
      }
    }
  }

  async #directory(
    source: number,
    name: string,
    path: string,
    above: () => TargetDirectory,
    excluded: boolean,
  ): Promise<void> {
    const fd = openInRoot(source, name, directoryOnly);
    let made: TargetDirectory | undefined;
    const open = () => {
      if (made) return made;
      made = this.#target.child(above(), name);
      this.attributes(fd, made);
      return made;
    };
    try {
      if (!excluded) open();
      await this.#children(fd, path, open);
      if (made) this.#target.leave(made);
    } finally {
      closeFd(fd);
    }
  }

  async #entry(
    dir: number,
    name: string,
    stats: BigIntStats,
    target: TargetDirectory,
    newName: string,
  ): Promise<void> {
    // Tar and Docker do not know sockets.
    if (stats.isSocket()) return;
    const first = this.#firstName(dir, name, stats, target, newName);
    // Two names of one file, one after the other put in the same place.
    if (first && first.name === newName && first.parts.join("/") === target.parts.join("/")) return;
    this.#target.clear(target, newName);
    if (this.#canLink(stats) && this.#link(dir, name, target, newName)) return;
    if (first) linkAt(this.#target.directory(first.parts).fd, first.name, target.fd, newName);
    else await this.#copy(dir, name, stats, target.fd, newName);
  }

  /**
   * Where another name of the same file went, if it was another one: a file that is copied twice
   * becomes two, and layers may have names of it, too.
   */
  #firstName(
    dir: number,
    name: string,
    stats: BigIntStats,
    target: TargetDirectory,
    newName: string,
  ): FirstName | undefined {
    if (stats.nlink < 2n) return undefined;
    const { dev, ino } = fstatSync(dir);
    const source = `${dev}:${ino}/${name}`;
    const inode = `${stats.dev}:${stats.ino}`;
    const first = this.#firstNames.get(inode);
    if (!first) this.#firstNames.set(inode, { source, parts: target.parts, name: newName });
    return first?.source === source ? undefined : first;
  }

  async #copy(dir: number, name: string, stats: BigIntStats, to: number, newName: string): Promise<void> {
    if (stats.isFile()) {
      const fd = createFileAt(to, newName, 0o600);
      try {
        await copyData(dir, name, stats, fd);
      } finally {
        closeFd(fd);
      }
    } else if (stats.isSymbolicLink()) symlinkAt(targetOf(entryPath(dir, name)), to, newName);
    else this.#node(stats, to, newName);
    const { uid, gid } = this.#ownerOf(stats);
    changeOwnerAt(to, newName, uid, gid);
    if (!stats.isSymbolicLink()) {
      // After the owner: a change of owner takes set-user-id bits and file capabilities away.
      changeModeAt(to, newName, this.#modeOf(stats));
      copyXattrs(entryPath(dir, name), entryPath(to, newName));
    }
    changeTimesAt(to, newName, timeOf(stats));
  }

  #node(stats: BigIntStats, to: number, name: string): void {
    if (isWhiteoutNode(stats))
      throw invalidArgument(`cannot copy "${name}": device 0:0 means a deleted file in a layer`);
    const kind = stats.isCharacterDevice() ? "char" : stats.isBlockDevice() ? "block" : "fifo";
    const device = Number(stats.rdev);
    makeNodeAt(to, name, kind, 0o600, majorOf(device), minorOf(device));
  }

  /**
   * A further name has the owner, mode and time of the first. Never a second time: files that were
   * copied apart must not become one.
   */
  #canLink(stats: BigIntStats): boolean {
    if (!this.#mayLink || !stats.isFile() || stats.nlink > 1n) return false;
    const { newest } = this.#rules;
    if (newest !== undefined && stats.mtimeNs > BigInt(newest) * 1_000_000_000n) return false;
    const { uid, gid } = this.#ownerOf(stats);
    return (
      BigInt(uid) === stats.uid &&
      BigInt(gid) === stats.gid &&
      this.#modeOf(stats) === Number(stats.mode & 0o7777n)
    );
  }

  #link(dir: number, name: string, target: TargetDirectory, newName: string): boolean {
    try {
      linkAt(dir, name, target.fd, newName);
      return true;
    } catch (error) {
      const code = errnoCodeOf(error);
      // Another file system, or one that counts no more names.
      if (code !== "EXDEV" && code !== "EMLINK" && code !== "EPERM") throw error;
      this.#mayLink = code === "EMLINK";
      return false;
    }
  }

  #ownerOf(stats: BigIntStats): Owner {
    return this.#rules.owner ?? { uid: Number(stats.uid), gid: Number(stats.gid) };
  }

  #modeOf(stats: BigIntStats): number {
    const mode = Number(stats.mode & 0o7777n);
    return this.#rules.mode?.(mode, stats.isDirectory()) ?? mode;
  }

  async #pause(): Promise<void> {
    if (++this.#seen % sliceFiles !== 0) return;
    await new Promise((resolve) => setImmediate(resolve));
    const { signal } = this.#rules;
    if (signal.aborted) throw cancelled("the build was cancelled", signal.reason);
  }
}
