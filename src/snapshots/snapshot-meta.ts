import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { syncDirectory } from "../sys/durable.ts";
import type { Usage } from "./disk-usage.ts";
import type { SnapshotInfo } from "./snapshotter.ts";

/** What is kept about a snapshot beside its files. */
export interface SnapshotMeta extends SnapshotInfo {
  /** Known once committed: nothing changes it any more. */
  readonly usage?: Usage;
}

/**
 * Replaces the note in one step. Only that of a layer is made to last: what a container loses with
 * the power it may lose, but its layers are gone only if nobody was told of them.
 */
export function writeMeta(directory: string, meta: SnapshotMeta, options = { lasting: false }): void {
  const path = join(directory, "meta.json");
  const text = JSON.stringify(meta);
  writeFileSync(`${path}.new`, text, { mode: 0o600, flush: options.lasting });
  renameSync(`${path}.new`, path);
  if (options.lasting) syncDirectory(directory);
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
