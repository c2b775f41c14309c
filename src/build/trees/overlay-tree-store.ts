import { existsSync, mkdirSync, rmSync } from "node:fs";
import { readdir, rename, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { isKind } from "../../errors/engine-error.ts";
import { isDigest } from "../../oci/digest.ts";
import type { Snapshotter } from "../../snapshots/snapshotter.ts";
import { namesOf } from "../../snapshots/whole-snapshots.ts";
import { type MountRequest, mountAll, unmount } from "../../sys/mounts.ts";
import { importDirectory } from "../ops/copy/import-directory.ts";
import type { Tree } from "../solver/tree.ts";
import { finishLayer } from "./finish-layer.ts";
import type { CommitOptions, OpenTree, TreeStore, WritableTree } from "./tree-store.ts";

/** Names of the builder's own snapshots, and keys of those that are being written. */
export const treePrefix = "build-";

export function isTreeName(name: string): boolean {
  return name.startsWith(treePrefix);
}

/** Trees as snapshots, mounted below a directory of their own while somebody looks at them. */
export class OverlayTreeStore implements TreeStore {
  readonly #snapshots: Snapshotter;
  readonly #mountpoints: string;
  /** Names nobody wants any more, of snapshots that something stands on. */
  readonly #dropped = new Set<string>();

  constructor(snapshots: Snapshotter, runDirectory: string) {
    this.#snapshots = snapshots;
    this.#mountpoints = join(runDirectory, "trees");
  }

  async open(tree: Tree): Promise<OpenTree> {
    if (tree.kind === "directory") return { path: tree.path, [Symbol.asyncDispose]: async () => {} };
    const key = newName("view-");
    if (tree.kind === "empty") {
      const path = this.#mountpoint(key);
      return { path, [Symbol.asyncDispose]: () => rmdir(path) };
    }
    await using undo = new AsyncDisposableStack();
    const mounts = await this.#snapshots.view(key, tree.name);
    undo.defer(() => this.#snapshots.remove(key));
    const path = this.#mount(key, mounts);
    undo.defer(() => this.#unmount(path));
    const kept = undo.move();
    return { path, [Symbol.asyncDispose]: () => kept.disposeAsync() };
  }

  async prepare(base: Tree): Promise<WritableTree> {
    if (base.kind === "directory") return this.#throwaway(base.path);
    return await this.#writable(base, true);
  }

  async layer(base: Tree): Promise<WritableTree> {
    const name = base.kind === "empty" ? undefined : await this.asSnapshot(base);
    return await this.#writable(name === undefined ? { kind: "empty" } : { kind: "snapshot", name }, false);
  }

  async asSnapshot(tree: Exclude<Tree, { kind: "empty" }>): Promise<string> {
    if (tree.kind === "snapshot") return tree.name;
    await using layer = await this.#writable({ kind: "empty" }, false);
    await importDirectory(tree.path, layer.path);
    return (await layer.commit()).name;
  }

  async #writable(base: Exclude<Tree, { kind: "directory" }>, isMounted: boolean): Promise<SnapshotTree> {
    const key = newName("new-");
    await using undo = new AsyncDisposableStack();
    const mounts = await this.#snapshots.prepare(key, base.kind === "snapshot" ? base.name : undefined);
    undo.defer(() => this.#snapshots.remove(key));
    const upper = await this.#snapshots.upper(key);
    // With nothing below it what is written is the whole tree.
    const path = base.kind === "empty" || !isMounted ? upper : this.#mount(key, mounts);
    let mounted = path !== upper;
    const leave = async () => {
      if (mounted) await this.#unmount(path);
      mounted = false;
    };
    undo.defer(leave);
    const kept = undo.move();
    return {
      path,
      upper,
      commit: async (options: CommitOptions = {}) => {
        await leave();
        const lowers = base.kind === "snapshot" ? await this.lowers(base.name) : [];
        await finishLayer(upper, lowers, options);
        const name = newName("");
        await this.#snapshots.commit(key, name, "later");
        return { kind: "snapshot", name };
      },
      // After a commit there is no such key any more, and removing it is nothing.
      [Symbol.asyncDispose]: () => kept.disposeAsync(),
    };
  }

  async alias(tree: Extract<Tree, { kind: "snapshot" }>): Promise<Tree> {
    const name = newName("");
    await this.#snapshots.link(tree.name, name);
    return { kind: "snapshot", name };
  }

  async has(tree: Tree): Promise<boolean> {
    if (tree.kind === "snapshot") return (await this.#snapshots.stat(tree.name)) !== undefined;
    return tree.kind === "empty" || existsSync(tree.path);
  }

  async remove(tree: Tree): Promise<void> {
    if (tree.kind !== "snapshot" || !isTreeName(tree.name)) return;
    this.#dropped.add(tree.name);
    await this.removeDropped();
  }

  async removeDropped(): Promise<void> {
    // What went may have been the last thing that stood on another.
    for (let before = -1; before !== this.#dropped.size; ) {
      before = this.#dropped.size;
      for (const name of [...this.#dropped].reverse()) await this.#tryRemove(name);
    }
  }

  async #tryRemove(name: string): Promise<void> {
    try {
      await this.#snapshots.remove(name);
      this.#dropped.delete(name);
    } catch (error) {
      if (!isKind(error, "conflict")) throw error;
    }
  }

  async size(tree: Tree): Promise<number> {
    return tree.kind === "snapshot" ? (await this.#snapshots.usage(tree.name)).bytes : 0;
  }

  async isShared(tree: Tree): Promise<boolean> {
    if (tree.kind !== "snapshot") return false;
    const found = await this.#snapshots.stat(tree.name);
    return found !== undefined && namesOf(found).some(isDigest);
  }

  async repair(isWanted?: (name: string) => boolean): Promise<string[]> {
    const gone: string[] = [];
    for (const name of await readdir(this.#mountpoints).catch(() => [])) {
      const path = join(this.#mountpoints, name);
      while (unmount(path, { lazy: true })) gone.push(`unmounted build tree ${name}`);
      rmSync(path, { recursive: true, force: true });
    }
    if (isWanted) gone.push(...(await this.#removeUnwanted(isWanted)));
    return gone;
  }

  /** The directories a snapshot consists of, nearest first. */
  async lowers(name: string): Promise<string[]> {
    const directories: string[] = [];
    for (let layer: string | undefined = name; layer !== undefined; ) {
      directories.push(await this.#snapshots.layerDirectory(layer));
      layer = (await this.#snapshots.stat(layer))?.parent;
    }
    return directories;
  }

  /** Upper ones first: what they stood on is free then. */
  async #removeUnwanted(isWanted: (name: string) => boolean): Promise<string[]> {
    const gone: string[] = [];
    for (let before = -1; before !== gone.length; ) {
      before = gone.length;
      const all = await this.#snapshots.list();
      const parents = new Set(all.map(({ parent }) => parent));
      for (const snapshot of all) {
        if (snapshot.kind !== "committed") continue;
        const names = namesOf(snapshot);
        const unwanted = names.filter((name) => isTreeName(name) && !isWanted(name));
        const isLast = unwanted.length === names.length && names.some((name) => parents.has(name));
        for (const name of isLast ? unwanted.slice(1) : unwanted) {
          await this.#snapshots.remove(name);
          gone.push(name);
        }
      }
    }
    return gone;
  }

  /** A directory under a layer of its own: a context bound read-write, or FROM a context. */
  async #throwaway(directory: string): Promise<WritableTree> {
    const path = this.#mountpoint(newName("scratch-"));
    await using undo = new AsyncDisposableStack();
    undo.defer(async () => rmSync(path, { recursive: true, force: true }));
    const [upper, work, root] = [join(path, "fs"), join(path, "work"), join(path, "root")];
    for (const each of [upper, work, root]) mkdirSync(each, { mode: 0o755 });
    const options = [`lowerdir=${directory}`, `upperdir=${upper}`, `workdir=${work}`];
    mountAll([{ type: "overlay", source: "overlay", options }], root);
    undo.defer(async () => void unmount(root, { lazy: true }));
    const kept = undo.move();
    return {
      path: root,
      upper,
      // FROM a directory: it becomes the lowest layer, what was written the next one.
      commit: async (options: CommitOptions = {}) => {
        unmount(root, { lazy: true });
        const base = await this.asSnapshot({ kind: "directory", path: directory });
        await using layer = await this.#writable({ kind: "snapshot", name: base }, false);
        await rm(layer.upper, { recursive: true });
        await rename(upper, layer.upper);
        return await layer.commit(options);
      },
      [Symbol.asyncDispose]: () => kept.disposeAsync(),
    };
  }

  #mountpoint(key: string): string {
    const path = join(this.#mountpoints, key);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return path;
  }

  #mount(key: string, mounts: readonly MountRequest[]): string {
    const path = this.#mountpoint(key);
    try {
      mountAll(mounts, path);
    } catch (error) {
      rmSync(path, { recursive: true, force: true });
      throw error;
    }
    return path;
  }

  async #unmount(path: string): Promise<void> {
    unmount(path, { lazy: true });
    await rmdir(path);
  }
}

interface SnapshotTree extends WritableTree {
  commit(options?: CommitOptions): Promise<Extract<Tree, { kind: "snapshot" }>>;
}

function newName(kind: string): string {
  return `${treePrefix}${kind}${crypto.randomUUID()}`;
}
