import { constants } from "node:fs";
import { invalidArgument } from "../../errors/engine-error.ts";
import { isWhiteoutNode, markOpaque } from "../../snapshots/whiteout.ts";
import { errnoCodeOf, makeDirectoryAt, unlinkAt } from "../../sys/files.ts";
import { errnoName, kernelError } from "../../sys/libc.ts";
import { closeFd, O_PATH, statInRoot, tryOpenInRoot } from "../../sys/rooted-path.ts";

const openDirectory = O_PATH | constants.O_DIRECTORY;
const keep = 32;

/**
 * The directories an archive is being unpacked into, open. Archives go through a directory
 * file by file, so nearly every lookup is a hit. Missing directories are made on the way.
 */
export class DirectoryCache {
  readonly #root: number;
  readonly #overlay: boolean;
  readonly #open = new Map<string, number>();
  readonly #retired: number[] = [];
  /** Directories that no entry of the archive described (yet). */
  readonly implicit = new Set<string>();

  /** `overlay`: whiteout devices are in the tree; a directory in the place of one hides what is below. */
  constructor(root: number, overlay: boolean) {
    this.#root = root;
    this.#overlay = overlay;
  }

  /** An open descriptor of a directory, made with its parents if missing. It belongs to the cache. */
  get(parts: readonly string[]): number {
    const path = parts.join("/");
    const known = this.#open.get(path);
    if (known !== undefined) return known;
    let fd = tryOpenInRoot(this.#root, path === "" ? "/" : path, openDirectory);
    if (fd < 0) {
      const code = errnoName(-fd);
      if ((code !== "ENOENT" && code !== "ENOTDIR") || parts.length === 0)
        throw kernelError(`open directory "${path}"`, -fd);
      fd = this.#make(parts);
    }
    this.#remember(path, fd);
    return fd;
  }

  /**
   * After something was removed or replaced: a path may now lead elsewhere. The descriptors
   * stay open until `settle`, because the current entry may still be working with some.
   */
  forget(): void {
    this.#retired.push(...this.#open.values());
    this.#open.clear();
  }

  /** Between entries: closes what is no longer needed. */
  settle(): void {
    for (const fd of this.#retired.splice(0)) closeFd(fd);
  }

  /** Gives it opened by its parent: from the root every level would walk all those above it again. */
  #make(parts: readonly string[]): number {
    const parent = this.get(parts.slice(0, -1));
    const path = parts.join("/");
    const name = parts.at(-1) ?? "";
    try {
      makeDirectoryAt(parent, name, 0o755);
    } catch (error) {
      if (errnoCodeOf(error) !== "EEXIST") throw error;
      const there = statInRoot(parent, name, { follow: false });
      if (!this.#overlay || !there || !isWhiteoutNode(there))
        throw invalidArgument(`"${path}" is not a directory, but the archive puts files into it`);
      unlinkAt(parent, name);
      makeDirectoryAt(parent, name, 0o755);
      markOpaque(parent, name);
    }
    this.implicit.add(path);
    const fd = tryOpenInRoot(parent, name, openDirectory | constants.O_NOFOLLOW);
    if (fd < 0) throw kernelError(`open directory "${path}"`, -fd);
    return fd;
  }

  #remember(path: string, fd: number): void {
    if (this.#open.size >= keep) {
      for (const [oldest, oldFd] of this.#open) {
        this.#retired.push(oldFd);
        this.#open.delete(oldest);
        break;
      }
    }
    this.#open.set(path, fd);
  }
}
