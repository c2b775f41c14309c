import { type BigIntStats, constants, fstatSync } from "node:fs";
import { namesIn } from "../sys/names.ts";
import { closeFd, fdPath, O_PATH, openRoot, tryOpenInRoot, withFd } from "../sys/rooted-path.ts";
import { getXattrOfFd } from "../sys/xattr.ts";
import { isOpaque, isWhiteoutNode } from "./whiteout.ts";

export type ChangeKind = "modified" | "added" | "deleted";

/** One difference of a layer against what is below it; `docker diff` prints C, A, D. */
export interface LayerChange {
  /** From the root, with a leading slash. */
  readonly path: string;
  readonly kind: ChangeKind;
  /** Stands for all that is in the directory, too. */
  readonly isWhole?: true;
}

export interface ChangesOptions {
  /** Paths that are no change if they are new and empty: mount points the engine itself made. */
  readonly ignoreEmpty?: ReadonlySet<string>;
  /** One change for a directory that is new with all that is in it, instead of one each. */
  readonly joinAdded?: boolean;
  /** `upper` is the whole tree, merged: what is not in it is gone. */
  readonly isWhole?: boolean;
}

/**
 * What an engine or runtime puts into a root to mount on. Docker has it in a layer of its own
 * between image and container, so it never shows as a change; here it is left out while empty.
 */
export const engineMountPoints: ReadonlySet<string> = new Set([
  "/.dockerenv",
  "/dev",
  "/dev/console",
  "/dev/mqueue",
  "/dev/pts",
  "/dev/shm",
  "/etc",
  "/etc/hostname",
  "/etc/hosts",
  "/etc/mtab",
  "/etc/resolv.conf",
  "/proc",
  "/sys",
]);

/** Yield to other work after so many files. */
const sliceFiles = 256;

/**
 * What a layer's own directory (`upper`, overlay form) changes against the directories below
 * it (nearest first). The rules are Docker's: a directory counts as modified if its owner or
 * mode is another or something in it changed, a deleted directory is one line, everything in
 * an added one is listed. Sorted by path, so parents stand before what is in them.
 */
export async function layerChanges(
  upper: string,
  lowers: readonly string[],
  options: ChangesOptions = {},
): Promise<LayerChange[]> {
  const roots = [upper, ...lowers].map((directory) => openRoot(directory));
  try {
    const [top = -1, ...below] = roots;
    return await new ChangeWalk(top, below, options).run();
  } finally {
    for (const fd of roots) closeFd(fd);
  }
}

/** A name as the layers below show it: its stat, and for a directory the layers that merge into it. */
interface Below {
  readonly stats: BigIntStats;
  readonly layers: readonly number[];
  readonly top: number;
}

class ChangeWalk {
  readonly #upper: number;
  readonly #lowers: readonly number[];
  readonly #ignoreEmpty: ReadonlySet<string>;
  readonly #isWhole: boolean;
  readonly #joinAdded: boolean;
  readonly #changes: LayerChange[] = [];
  #seen = 0;

  constructor(upper: number, lowers: readonly number[], options: ChangesOptions) {
    this.#upper = upper;
    this.#lowers = lowers;
    this.#ignoreEmpty = options.ignoreEmpty ?? new Set();
    this.#isWhole = options.isWhole ?? false;
    this.#joinAdded = options.joinAdded ?? false;
  }

  async run(): Promise<LayerChange[]> {
    await this.#directory("", this.#lowers);
    return this.#changes;
  }

  /** Compares one directory of the upper with the lower layers that merge into it. */
  async #directory(path: string, lowers: readonly number[]): Promise<void> {
    const names = namesAt(this.#upper, path);
    const hidden = lowers.length > 0 && (this.#isWhole || (path !== "" && isOpaqueAt(this.#upper, path)));
    const gone = hidden ? lowerNames(path, lowers).filter((name) => !names.includes(name)) : [];
    for (const name of [...names, ...gone].sort(byPath)) {
      if (++this.#seen % sliceFiles === 0) await new Promise((resolve) => setImmediate(resolve));
      const child = path === "" ? name : `${path}/${name}`;
      await this.#entry(child, findBelow(child, lowers));
    }
  }

  async #entry(path: string, below: Below | undefined): Promise<void> {
    const stats = statAt(this.#upper, path);
    if (!stats || isWhiteoutNode(stats)) {
      if (below) this.#add(path, "deleted");
      return;
    }
    if (!below && this.#ignoreEmpty.has(`/${path}`) && isEmptyAt(this.#upper, path, stats)) return;
    const place = this.#changes.length;
    if (!below && stats.isDirectory() && this.#ignoreEmpty.has(`/${path}`))
      return this.#madeDirectory(path, place);
    if (!below && this.#joinAdded && stats.isDirectory()) {
      this.#changes.push({ path: `/${path}`, kind: "added", isWhole: true });
      return;
    }
    if (!below) this.#add(path, "added");
    else if (this.#differs(path, stats, below)) this.#add(path, "modified");
    const listed = this.#changes.length > place;
    if (stats.isDirectory()) await this.#directory(path, below?.layers ?? []);
    // A file in the place of a directory: what was in it is gone, one line for each.
    else if (below?.stats.isDirectory())
      for (const name of lowerNames(path, below.layers)) this.#add(`${path}/${name}`, "deleted");
    if (!listed && this.#changes.length > place)
      this.#changes.splice(place, 0, { path: `/${path}`, kind: "modified" });
  }

  /** A directory that would not be there but for mount points in it counts only if there is more in it. */
  async #madeDirectory(path: string, place: number): Promise<void> {
    await this.#directory(path, []);
    if (this.#changes.length > place) this.#changes.splice(place, 0, { path: `/${path}`, kind: "added" });
  }

  #differs(path: string, stats: BigIntStats, below: Below): boolean {
    const old = below.stats;
    if (stats.mode !== old.mode || stats.uid !== old.uid || stats.gid !== old.gid) return true;
    if (stats.rdev !== old.rdev) return true;
    if (stats.isDirectory()) return false;
    if (stats.size !== old.size || stats.mtimeNs !== old.mtimeNs) return true;
    if (!stats.isFile()) return false;
    return !sameBytes(capabilityOf(this.#upper, path), capabilityOf(below.top, path));
  }

  #add(path: string, kind: ChangeKind): void {
    this.#changes.push({ path: `/${path}`, kind });
  }
}

function byPath(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function statAt(root: number, path: string): BigIntStats | undefined {
  const fd = tryOpenInRoot(root, path, O_PATH | constants.O_NOFOLLOW);
  return fd < 0 ? undefined : withFd(fd, (open) => fstatSync(open, { bigint: true }));
}

function namesAt(root: number, path: string): string[] {
  const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
  const fd = tryOpenInRoot(root, path === "" ? "/" : path, flags);
  return fd < 0 ? [] : withFd(fd, (open) => namesIn(fdPath(open)));
}

function isOpaqueAt(root: number, path: string): boolean {
  const fd = tryOpenInRoot(root, path, O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  return fd >= 0 && withFd(fd, (open) => isOpaque(`${fdPath(open)}/.`));
}

/** Goes down the layers as overlayfs does: a whiteout ends it, a directory merges with those below. */
function findBelow(path: string, lowers: readonly number[]): Below | undefined {
  const layers: number[] = [];
  let first: { stats: BigIntStats; top: number } | undefined;
  for (const lower of lowers) {
    const stats = statAt(lower, path);
    if (!stats) continue;
    if (isWhiteoutNode(stats) || (first && !stats.isDirectory())) break;
    first ??= { stats, top: lower };
    if (!stats.isDirectory()) break;
    layers.push(lower);
    if (isOpaqueAt(lower, path)) break;
  }
  return first && { ...first, layers };
}

/** The names that the lower layers show in a directory. */
function lowerNames(path: string, lowers: readonly number[]): string[] {
  const names = new Set(lowers.flatMap((lower) => namesAt(lower, path)));
  return [...names].filter((name) => findBelow(`${path}/${name}`, lowers)).sort(byPath);
}

function isEmptyAt(root: number, path: string, stats: BigIntStats): boolean {
  if (stats.isDirectory()) return namesAt(root, path).length === 0;
  return stats.isFile() ? stats.size === 0n : stats.isSymbolicLink();
}

/** Opened without waiting: it may have become a FIFO. */
function capabilityOf(root: number, path: string): Uint8Array | undefined {
  const fd = tryOpenInRoot(root, path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  return fd < 0 ? undefined : withFd(fd, (open) => getXattrOfFd(open, "security.capability"));
}

function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : Buffer.compare(a, b) === 0;
}
