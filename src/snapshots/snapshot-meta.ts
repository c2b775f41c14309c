import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Usage } from "./disk-usage.ts";
import type { SnapshotInfo } from "./snapshotter.ts";

/** What is kept about a snapshot beside its files. */
export interface SnapshotMeta extends SnapshotInfo {
  /**
   * Number of the directory of what it stands on. Names come and go while something stands there;
   * `parent` is for when the layer was lost and somebody made it again under its name.
   */
  readonly below?: number;
  /** Known once committed: nothing changes it any more. */
  readonly usage?: Usage;
  /**
   * Start of the machine in which a layer was committed, while its files may not be on the disk
   * yet: after another start nobody knows how much of them is there.
   */
  readonly boot?: string;
}

/** Replaces the note in one step. Not synced: see Settling. */
export function writeMeta(directory: string, meta: SnapshotMeta): void {
  const path = join(directory, "meta.json");
  writeFileSync(`${path}.new`, JSON.stringify(meta), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** Undefined when the directory is not a whole snapshot: made or removed half. */
export function readMeta(directory: string): SnapshotMeta | undefined {
  try {
    const meta: SnapshotMeta = JSON.parse(readFileSync(join(directory, "meta.json"), "utf8"));
    return typeof meta.name === "string" && typeof meta.kind === "string" ? meta : undefined;
  } catch {
    return undefined;
  }
}
