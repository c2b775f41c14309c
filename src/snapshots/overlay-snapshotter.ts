import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { conflict, internal, invalidArgument, notFound } from "../errors/engine-error.ts";
import { failpoint } from "../lib/failpoint.ts";
import { bootId } from "../sys/boot.ts";
import { spreadDirectoriesIn } from "../sys/directory-hints.ts";
import { errnoCodeOf } from "../sys/files.ts";
import { removeLargeTree } from "../sys/remove-tree.ts";
import { syncFileSystem } from "../sys/sync-file-system.ts";
import { diskUsage, type Usage } from "./disk-usage.ts";
import { overlayMounts } from "./overlay-mounts.ts";
import { Settling } from "./settling.ts";
import { type SnapshotMeta, writeMeta } from "./snapshot-meta.ts";
import type { Mount, SnapshotInfo, Snapshotter } from "./snapshotter.ts";
import { type Snapshot, wholeSnapshots } from "./whole-snapshots.ts";

/**
 * Snapshots as overlayfs layers. Each has a directory with a short number for a name (the
 * paths of all layers must fit in one page of mount options): `fs` is what it adds to its
 * parent, `work` is overlayfs's own, `meta.json` says what it is and is written last when
 * making and removed first when removing, so a directory without it is rubbish of a crash.
 * What is there is also held in memory: only one engine works on a data root.
 */
// trail: engine restart
// trail: image load
export class OverlaySnapshotter implements Snapshotter {
  readonly #root: string;
  readonly #snapshots = new Map<string, Snapshot>();
  /** How many snapshots stand on a name. */
  readonly #children = new Map<string, number>();
  readonly #settling: Settling;
  #nextNumber: number;

  constructor(root: string, settleAfterMs: number) {
    this.#root = root;
    mkdirSync(root, { recursive: true, mode: 0o700 });
    spreadDirectoriesIn(root);
    this.#settling = new Settling(
      settleAfterMs,
      // Gone with all that is in it: nothing to bring anywhere.
      async () => {
        if (existsSync(root)) await syncFileSystem(root);
      },
      (name) => this.#settled(name),
    );
    const numbers = readdirSync(root).map(Number).filter(Number.isInteger);
    this.#nextNumber = Math.max(0, ...numbers) + 1;
    for (const snapshot of wholeSnapshots(root, numbers)) {
      this.#add(snapshot);
      if (snapshot.boot !== undefined) this.#settling.add(snapshot.name);
    }
  }

  async prepare(key: string, parent?: string): Promise<Mount[]> {
    return this.#make(key, "active", parent);
  }

  async view(key: string, parent: string): Promise<Mount[]> {
    return this.#make(key, "view", parent);
  }

  async mounts(key: string): Promise<Mount[]> {
    return this.#mountsOf(this.#written(key));
  }

  async commit(key: string, name: string, usage?: Usage): Promise<void> {
    const snapshot = this.#written(key);
    if (snapshot.kind !== "active") throw invalidArgument(`snapshot "${key}" is read-only`);
    if (this.#snapshots.has(name)) throw conflict(`snapshot "${name}" already exists`);
    const directory = this.#directory(snapshot);
    const used = usage ?? (await diskUsage(join(directory, "fs")));
    await failpoint("snapshot.commit");
    const { number, ...meta } = snapshot;
    const committed: SnapshotMeta = { ...meta, name, kind: "committed", usage: used, boot: bootId() };
    if (this.#snapshots.has(name)) throw conflict(`snapshot "${name}" already exists`);
    writeMeta(directory, committed);
    this.#drop(snapshot);
    this.#add({ ...committed, number });
    this.#settling.add(name);
    rmSync(join(directory, "work"), { recursive: true, force: true });
  }

  async remove(keyOrName: string): Promise<void> {
    const snapshot = this.#snapshots.get(keyOrName);
    if (!snapshot) return;
    if ((this.#children.get(keyOrName) ?? 0) > 0 && snapshot.kind === "committed")
      throw conflict(`snapshot "${keyOrName}" is the parent of others`);
    const directory = this.#directory(snapshot);
    rmSync(join(directory, "meta.json"), { force: true });
    this.#drop(snapshot);
    await failpoint("snapshot.remove");
    await removeDirectory(directory);
  }

  async stat(keyOrName: string): Promise<SnapshotInfo | undefined> {
    const snapshot = this.#snapshots.get(keyOrName);
    return snapshot && infoOf(snapshot);
  }

  async usage(keyOrName: string): Promise<Usage> {
    const snapshot = this.#get(keyOrName);
    return snapshot.usage ?? diskUsage(join(this.#directory(snapshot), "fs"));
  }

  async list(): Promise<SnapshotInfo[]> {
    return [...this.#snapshots.values()].map(infoOf);
  }

  async upper(key: string): Promise<string> {
    return join(this.#directory(this.#written(key)), "fs");
  }

  async layerDirectory(name: string): Promise<string> {
    return join(this.#directory(this.#get(name)), "fs");
  }

  /** The directories a key or name stands on, nearest first. */
  async lowerDirectories(keyOrName: string): Promise<string[]> {
    return this.#lowers(this.#get(keyOrName));
  }

  async repair(isWanted: (key: string) => boolean): Promise<string[]> {
    const gone: string[] = [];
    for (const snapshot of [...this.#snapshots.values()]) {
      if (snapshot.kind === "committed" || isWanted(snapshot.name)) continue;
      await this.remove(snapshot.name);
      gone.push(snapshot.name);
    }
    const known = new Set([...this.#snapshots.values()].map((snapshot) => String(snapshot.number)));
    for (const entry of readdirSync(this.#root)) {
      if (known.has(entry)) continue;
      await removeDirectory(join(this.#root, entry));
      gone.push(`directory ${entry}`);
    }
    return gone;
  }

  #make(key: string, kind: "active" | "view", parent: string | undefined): Mount[] {
    if (this.#snapshots.has(key)) throw conflict(`snapshot "${key}" already exists`);
    const below = parent === undefined ? undefined : this.#get(parent);
    if (below && below.kind !== "committed")
      throw invalidArgument(`snapshot "${parent}" is still being written, nothing can stand on it`);
    const number = this.#nextNumber++;
    const directory = join(this.#root, String(number));
    const meta: SnapshotMeta = { name: key, kind, ...(parent !== undefined && { parent }) };
    try {
      mkdirSync(directory, { mode: 0o710 });
      makeUpper(join(directory, "fs"), below && join(this.#directory(below), "fs"));
      if (kind === "active") mkdirSync(join(directory, "work"), { mode: 0o711 });
      writeMeta(directory, meta);
    } catch (error) {
      rmSync(directory, { recursive: true, force: true });
      throw error;
    }
    const snapshot = { ...meta, number };
    this.#add(snapshot);
    return this.#mountsOf(snapshot);
  }

  /** Its files are on the disk. The note that says so may get lost: then the layer is unpacked once more. */
  #settled(name: string): void {
    const snapshot = this.#snapshots.get(name);
    if (snapshot?.kind !== "committed") return;
    const { number, boot: _, ...meta } = snapshot;
    try {
      writeMeta(this.#directory(snapshot), meta);
    } catch (error) {
      if (errnoCodeOf(error) !== "ENOENT") throw error;
      return;
    }
    this.#snapshots.set(name, { ...meta, number });
  }

  #mountsOf(snapshot: Snapshot): Mount[] {
    return overlayMounts(snapshot.kind === "view", this.#directory(snapshot), this.#lowers(snapshot));
  }

  #lowers(snapshot: Snapshot): string[] {
    const lowers: string[] = [];
    for (let parent = snapshot.parent; parent !== undefined; ) {
      const layer = this.#snapshots.get(parent);
      if (!layer) throw internal(`snapshot "${snapshot.name}": its parent "${parent}" is missing`);
      lowers.push(join(this.#directory(layer), "fs"));
      parent = layer.parent;
    }
    return lowers;
  }

  #directory(snapshot: Snapshot): string {
    return join(this.#root, String(snapshot.number));
  }

  #get(keyOrName: string): Snapshot {
    const snapshot = this.#snapshots.get(keyOrName);
    if (!snapshot) throw notFound(`snapshot "${keyOrName}" does not exist`);
    return snapshot;
  }

  #written(key: string): Snapshot {
    const snapshot = this.#get(key);
    if (snapshot.kind === "committed") throw invalidArgument(`snapshot "${key}" is committed`);
    return snapshot;
  }

  #add(snapshot: Snapshot): void {
    this.#snapshots.set(snapshot.name, snapshot);
    const { parent } = snapshot;
    if (parent !== undefined) this.#children.set(parent, (this.#children.get(parent) ?? 0) + 1);
  }

  #drop(snapshot: Snapshot): void {
    this.#snapshots.delete(snapshot.name);
    const { parent } = snapshot;
    if (parent === undefined) return;
    const left = (this.#children.get(parent) ?? 1) - 1;
    if (left > 0) this.#children.set(parent, left);
    else this.#children.delete(parent);
  }
}

/** How long after a commit its layer is brought to the disk: others may follow. */
const usualSettleMs = 2000;

/** Opens (and makes) the snapshots below a directory of their own. */
export function openOverlaySnapshotter(
  directory: string,
  options: { readonly settleAfterMs?: number } = {},
): OverlaySnapshotter {
  return new OverlaySnapshotter(directory, options.settleAfterMs ?? usualSettleMs);
}

function infoOf({ name, kind, parent }: Snapshot): SnapshotInfo {
  return { name, kind, ...(parent !== undefined && { parent }) };
}

/** The root of the merged tree shows the owner and mode of the topmost layer: carry them upward. */
function makeUpper(path: string, parent: string | undefined): void {
  mkdirSync(path, { mode: 0o755 });
  if (parent === undefined) {
    chmodSync(path, 0o755);
    return;
  }
  const { mode, uid, gid } = statSync(parent);
  if (uid !== 0 || gid !== 0) chownSync(path, uid, gid);
  if ((mode & 0o7777) !== 0o755 || process.umask() !== 0o022) chmodSync(path, mode & 0o7777);
}

/** Most containers leave a handful of files: those go at once, without the thread pool. */
const fewEntries = 64;

async function removeDirectory(directory: string): Promise<void> {
  if (isSmall(directory)) rmSync(directory, { recursive: true, force: true });
  else await removeLargeTree(directory);
}

function isSmall(directory: string): boolean {
  let seen = 0;
  const queue = [directory];
  for (let current = queue.pop(); current !== undefined; current = queue.pop()) {
    const entries = readdirSync(current, { withFileTypes: true });
    seen += entries.length;
    if (seen > fewEntries) return false;
    for (const entry of entries) {
      // A name that is no text cannot be followed here.
      if (entry.name.includes("\ufffd")) return false;
      if (entry.isDirectory()) queue.push(join(current, entry.name));
    }
  }
  return true;
}
