import { join } from "node:path";
import { log } from "../lib/log.ts";
import { bootId } from "../sys/boot.ts";
import { readMeta, type SnapshotMeta } from "./snapshot-meta.ts";

export interface Snapshot extends SnapshotMeta {
  readonly number: number;
}

/**
 * The snapshots below a directory that are what their notes say. Layers that a loss of power may
 * have damaged are not, nor layers that stand on such: they are unpacked again when they are
 * needed. What a container wrote stays, whatever became of the layers below it.
 */
export function wholeSnapshots(root: string, numbers: readonly number[]): Snapshot[] {
  const found: Snapshot[] = [];
  const layers = new Set<string>();
  const doubtful: Snapshot[] = [];
  for (const number of numbers) {
    const meta = readMeta(join(root, String(number)));
    if (!meta) continue;
    const isTrusted = meta.boot === undefined || meta.boot === bootId();
    (isTrusted ? found : doubtful).push({ ...meta, number });
    if (isTrusted && meta.kind === "committed") layers.add(meta.name);
  }
  for (let before = -1; before !== layers.size; ) {
    before = layers.size;
    for (const { kind, name, parent } of found)
      if (kind === "committed" && parent !== undefined && !layers.has(parent)) layers.delete(name);
  }
  if (doubtful.length > 0)
    log.warn("the machine stopped before these layers were on the disk: they are unpacked again", {
      layers: doubtful.length,
    });
  return found
    .filter(({ kind, name }) => kind !== "committed" || layers.has(name))
    .sort((a, b) => a.number - b.number);
}
