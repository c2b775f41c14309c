import { type BigIntStats, constants, read as readFile, readSync } from "node:fs";
import { promisify } from "node:util";
import { cancelled } from "../../errors/engine-error.ts";
import { type IgnoreMatcher, ignoreMatcher } from "../../lib/ignore-file.ts";
import { isOverlayAttribute } from "../../snapshots/whiteout.ts";
import { exactLstatOf, namesIn, targetOf } from "../../sys/names.ts";
import { closeFd, fdPath, O_PATH, openInRoot, openRoot } from "../../sys/rooted-path.ts";
import { entryPath, getXattr, listXattrs } from "../../sys/xattr.ts";
import type { StepScope } from "../solver/op.ts";
import type { ContentDigest, Tree } from "../solver/tree.ts";
import type { TreeStore } from "../trees/tree-store.ts";
import type { ContentSelection } from "./content-selection.ts";
import { type FileHashes, hashesOf } from "./file-hashes.ts";
import { type FoundSource, findSources } from "./find-sources.ts";

const readAsync = promisify(readFile);
const directoryOnly = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const chunkSize = 1 << 20;
/** Yield to other work after so many files. */
const sliceFiles = 256;

/**
 * One number for what a selection of a tree's files is: names, kinds, modes, owners, contents,
 * attributes and targets of links. Times do not count. Contents that were hashed before (on their
 * way in, or for an earlier step) are not read again.
 */
// trail: build COPY
export async function contentDigest(
  tree: Tree,
  selection: ContentSelection,
  trees: TreeStore,
  scope: Pick<StepScope, "signal">,
): Promise<ContentDigest> {
  const key = tree.kind === "directory" ? tree.path : tree.kind === "snapshot" ? `snapshot ${tree.name}` : "";
  await using open = await trees.open(tree);
  const root = openRoot(open.path);
  try {
    const options = { parents: selection.parents === true, isContext: tree.kind === "directory" };
    const walk = new DigestWalk(root, selection, hashesOf(key), scope.signal);
    for (const source of findSources(root, selection.paths, options)) await walk.source(source);
    return walk.result();
  } finally {
    closeFd(root);
  }
}

class DigestWalk {
  readonly #root: number;
  readonly #selection: ContentSelection;
  readonly #excludes: IgnoreMatcher;
  readonly #hashes: FileHashes;
  readonly #signal: AbortSignal;
  readonly #entries = new Map<string, string>();
  #seen = 0;

  constructor(root: number, selection: ContentSelection, hashes: FileHashes, signal: AbortSignal) {
    this.#root = root;
    this.#selection = selection;
    this.#excludes = ignoreMatcher(selection.excludes);
    this.#hashes = hashes;
    this.#signal = signal;
  }

  result(): ContentDigest {
    const entries = [...this.#entries].sort(([a], [b]) => (a < b ? -1 : 1));
    const hash = new Bun.CryptoHasher("sha256");
    for (const [path, digest] of entries) hash.update(`${JSON.stringify(path)} ${digest}\n`);
    return { digest: `sha256:${hash.digest("hex")}`, entries };
  }

  async source({ real, path, below }: FoundSource): Promise<void> {
    const slash = real.lastIndexOf("/");
    const parent = openInRoot(
      this.#root,
      slash < 0 ? "/" : real.slice(0, slash),
      O_PATH | constants.O_DIRECTORY,
    );
    try {
      const name = real === "" ? "." : real.slice(slash + 1);
      const stats = exactLstatOf(entryPath(parent, name));
      const base = path.slice(path.lastIndexOf("/") + 1);
      // What excludes are relative to: the directory that is copied, or the one a file is in.
      const relative = this.#selection.parents ? below : stats.isDirectory() ? "" : base;
      await this.#entry(parent, name, stats, { shown: path, relative, real });
    } finally {
      closeFd(parent);
    }
  }

  async #entry(dir: number, name: string, stats: BigIntStats, at: Place): Promise<void> {
    if (++this.#seen % sliceFiles === 0) await new Promise((resolve) => setImmediate(resolve));
    if (this.#signal.aborted) throw cancelled("the build was cancelled", this.#signal.reason);
    const excluded = at.relative !== "" && this.#excludes.isIgnored(at.relative);
    if (excluded && !(stats.isDirectory() && this.#excludes.mayIncludeBelow(at.relative))) return;
    if (!excluded) this.#entries.set(at.shown, await this.#digest(dir, name, stats, at.real));
    if (!stats.isDirectory()) return;
    const fd = openInRoot(dir, name, directoryOnly);
    try {
      for (const child of namesIn(fdPath(fd)))
        await this.#entry(fd, child, exactLstatOf(entryPath(fd, child)), {
          shown: below(at.shown, child),
          relative: below(at.relative, child),
          real: below(at.real, child),
        });
    } finally {
      closeFd(fd);
    }
  }

  async #digest(dir: number, name: string, stats: BigIntStats, real: string): Promise<string> {
    const path = entryPath(dir, name);
    const owner = this.#selection.owners === "count" ? ` ${stats.uid}:${stats.gid}` : "";
    const device = stats.isCharacterDevice() || stats.isBlockDevice() ? ` ${stats.rdev}` : "";
    const hash = new Bun.CryptoHasher("sha256");
    hash.update(`${stats.mode.toString(8)}${owner}${device}\n`);
    for (const attribute of listXattrs(path).sort()) {
      if (isOverlayAttribute(attribute) || attribute === "security.selinux") continue;
      hash
        .update(`${JSON.stringify(attribute)} `)
        .update(getXattr(path, attribute) ?? "")
        .update("\n");
    }
    if (stats.isSymbolicLink()) hash.update(JSON.stringify(targetOf(path)));
    else if (stats.isFile()) hash.update(await this.#contentHash(dir, name, stats, real));
    return hash.digest("hex");
  }

  async #contentHash(dir: number, name: string, stats: BigIntStats, real: string): Promise<string> {
    const known = this.#hashes.get(real, stats);
    if (known !== undefined) return known;
    const hash = new Bun.CryptoHasher("sha256");
    const fd = openInRoot(dir, name, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const small = stats.size <= BigInt(chunkSize);
      const buffer = new Uint8Array(small ? Number(stats.size) : chunkSize);
      for (let at = 0; BigInt(at) < stats.size; ) {
        const count = small
          ? readSync(fd, buffer, 0, buffer.length, at)
          : (await readAsync(fd, buffer, 0, buffer.length, at)).bytesRead;
        if (count === 0) break;
        hash.update(buffer.subarray(0, count));
        at += count;
      }
    } finally {
      closeFd(fd);
    }
    const found = hash.digest("hex");
    this.#hashes.set(real, stats, found);
    return found;
  }
}

interface Place {
  /** As it stands in the listing. */
  readonly shown: string;
  /** To what excludes are held. */
  readonly relative: string;
  readonly real: string;
}

function below(path: string, name: string): string {
  return path === "" ? name : `${path}/${name}`;
}
