import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { conflict, internal, invalidArgument, notFound } from "../errors/engine-error.ts";
import { failpoint } from "../lib/failpoint.ts";
import type { Digest } from "../oci/digest.ts";
import { bootId } from "../sys/boot.ts";
import { spreadDirectoriesIn } from "../sys/directory-hints.ts";
import { errnoCodeOf } from "../sys/files.ts";
import { syncFileSystem } from "../sys/sync-file-system.ts";
import { diskUsage, type Usage } from "./disk-usage.ts";
import { overlayMounts } from "./overlay-mounts.ts";
import { Settling } from "./settling.ts";
import { makeUpper, removeSnapshotDirectory } from "./snapshot-directory.ts";
import { SnapshotIndex } from "./snapshot-index.ts";
import { type SnapshotMeta, writeMeta } from "./snapshot-meta.ts";
import type { Mount, SnapshotInfo, Snapshotter } from "./snapshotter.ts";
import { namesOf, type Snapshot, wholeSnapshots } from "./whole-snapshots.ts";

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
  readonly #index = new SnapshotIndex();
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
      (number) => this.#settled(number),
    );
    const numbers = readdirSync(root).map(Number).filter(Number.isInteger);
    this.#nextNumber = Math.max(0, ...numbers) + 1;
    for (const snapshot of wholeSnapshots(root, numbers)) {
      this.#index.add(snapshot);
      if (snapshot.boot !== undefined) this.#settling.add(snapshot.number);
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

  async commit(key: string, name: string, measure: "now" | "later" = "now"): Promise<void> {
    const snapshot = this.#written(key);
    if (snapshot.kind !== "active") throw invalidArgument(`snapshot "${key}" is read-only`);
    if (this.#index.has(name)) throw conflict(`snapshot "${name}" already exists`);
    const directory = this.#directory(snapshot);
    const usage = measure === "now" ? await diskUsage(join(directory, "fs")) : undefined;
    await failpoint("snapshot.commit");
    if (this.#index.has(name)) throw conflict(`snapshot "${name}" already exists`);
    const created = new Date().toISOString();
    const committed = { ...snapshot, name, kind: "committed", created, boot: bootId() } as const;
    this.#rewrite(snapshot, { ...committed, ...(usage && { usage }) });
    this.#settling.add(snapshot.number);
    rmSync(join(directory, "work"), { recursive: true, force: true });
  }

  async link(name: string, another: string): Promise<void> {
    const snapshot = this.#get(name);
    if (snapshot.kind !== "committed") throw invalidArgument(`snapshot "${name}" is still being written`);
    if (this.#index.has(another)) throw conflict(`snapshot "${another}" already exists`);
    this.#rewrite(snapshot, { ...snapshot, others: [...(snapshot.others ?? []), another] });
  }

  async setDiffId(name: string, diffId: Digest): Promise<void> {
    const snapshot = this.#get(name);
    if (snapshot.diffId !== diffId) this.#rewrite(snapshot, { ...snapshot, diffId });
  }

  async remove(keyOrName: string): Promise<void> {
    const snapshot = this.#index.get(keyOrName);
    if (!snapshot) return;
    const [name, ...others] = namesOf(snapshot).filter((other) => other !== keyOrName);
    if (name !== undefined) {
      const { others: _, ...rest } = snapshot;
      this.#rewrite(snapshot, { ...rest, name, ...(others.length > 0 && { others }) });
      return;
    }
    if (snapshot.kind === "committed" && this.#index.isStoodOn(snapshot))
      throw conflict(`snapshot "${keyOrName}" is the parent of others`);
    const directory = this.#directory(snapshot);
    rmSync(join(directory, "meta.json"), { force: true });
    this.#index.drop(snapshot);
    await failpoint("snapshot.remove");
    await removeSnapshotDirectory(directory);
  }

  async stat(keyOrName: string): Promise<SnapshotInfo | undefined> {
    const snapshot = this.#index.get(keyOrName);
    return snapshot && this.#index.infoOf(snapshot);
  }

  async usage(keyOrName: string): Promise<Usage> {
    const snapshot = this.#get(keyOrName);
    if (snapshot.usage) return snapshot.usage;
    const usage = await diskUsage(join(this.#directory(snapshot), "fs"));
    const now = this.#index.get(keyOrName);
    // Nothing changes a committed one any more.
    if (now?.number === snapshot.number && now.kind === "committed") this.#rewrite(now, { ...now, usage });
    return usage;
  }

  async list(): Promise<SnapshotInfo[]> {
    return this.#index.all.map((snapshot) => this.#index.infoOf(snapshot));
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
    for (const snapshot of this.#index.all) {
      if (snapshot.kind === "committed" || isWanted(snapshot.name)) continue;
      await this.remove(snapshot.name);
      gone.push(snapshot.name);
    }
    const known = new Set(this.#index.all.map((snapshot) => String(snapshot.number)));
    for (const entry of readdirSync(this.#root)) {
      if (known.has(entry)) continue;
      await removeSnapshotDirectory(join(this.#root, entry));
      gone.push(`directory ${entry}`);
    }
    return gone;
  }

  #make(key: string, kind: "active" | "view", parent: string | undefined): Mount[] {
    if (this.#index.has(key)) throw conflict(`snapshot "${key}" already exists`);
    const below = parent === undefined ? undefined : this.#get(parent);
    if (below && below.kind !== "committed")
      throw invalidArgument(`snapshot "${parent}" is still being written, nothing can stand on it`);
    const number = this.#nextNumber++;
    const directory = join(this.#root, String(number));
    const meta: SnapshotMeta = {
      name: key,
      kind,
      ...(below && parent !== undefined && { parent, below: below.number }),
    };
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
    this.#index.add(snapshot);
    return this.#mountsOf(snapshot);
  }

  /** Its files are on the disk. The note that says so may get lost: then the layer is unpacked once more. */
  #settled(number: number): void {
    const snapshot = this.#index.numbered(number);
    if (snapshot?.kind !== "committed") return;
    const { boot: _, ...settled } = snapshot;
    try {
      this.#rewrite(snapshot, settled);
    } catch (error) {
      if (errnoCodeOf(error) !== "ENOENT") throw error;
    }
  }

  #rewrite(snapshot: Snapshot, by: Snapshot): void {
    const { number: _, ...meta } = by;
    writeMeta(this.#directory(snapshot), meta);
    this.#index.replace(snapshot, by);
  }

  #mountsOf(snapshot: Snapshot): Mount[] {
    return overlayMounts(snapshot.kind === "view", this.#directory(snapshot), this.#lowers(snapshot));
  }

  #lowers(snapshot: Snapshot): string[] {
    const lowers: string[] = [];
    for (let above = snapshot; above.parent !== undefined; ) {
      const layer = this.#index.below(above);
      if (!layer) throw internal(`snapshot "${snapshot.name}": its parent "${above.parent}" is missing`);
      lowers.push(join(this.#directory(layer), "fs"));
      above = layer;
    }
    return lowers;
  }

  #directory(snapshot: Snapshot): string {
    return join(this.#root, String(snapshot.number));
  }

  #get(keyOrName: string): Snapshot {
    const snapshot = this.#index.get(keyOrName);
    if (!snapshot) throw notFound(`snapshot "${keyOrName}" does not exist`);
    return snapshot;
  }

  #written(key: string): Snapshot {
    const snapshot = this.#get(key);
    if (snapshot.kind === "committed") throw invalidArgument(`snapshot "${key}" is committed`);
    return snapshot;
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
