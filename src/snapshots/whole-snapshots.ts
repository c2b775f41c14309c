import { join } from "node:path";
import { log } from "../lib/log.ts";
import { bootId } from "../sys/boot.ts";
import { readMeta, type SnapshotMeta } from "./snapshot-meta.ts";

export interface Snapshot extends SnapshotMeta {
  readonly number: number;
}

export function namesOf({ name, others }: Pick<SnapshotMeta, "name" | "others">): string[] {
  return [name, ...(others ?? [])];
}

/**
 * The snapshots below a directory that are what their notes say. Layers that a loss of power may
 * have damaged are not, nor layers that stand on such: they are unpacked again when they are
 * needed. What a container wrote stays, whatever became of the layers below it.
 */
export function wholeSnapshots(root: string, numbers: readonly number[]): Snapshot[] {
  const found: Snapshot[] = [];
  let doubtful = 0;
  for (const number of numbers) {
    const meta = readMeta(join(root, String(number)));
    if (!meta) continue;
    if (meta.boot === undefined || meta.boot === bootId()) found.push({ ...meta, number });
    else doubtful++;
  }
  const whole = new Layers(found.filter(({ kind }) => kind === "committed"));
  for (let before = -1; before !== whole.size; ) {
    before = whole.size;
    for (const layer of whole.all) if (layer.parent !== undefined && !whole.below(layer)) whole.delete(layer);
  }
  if (doubtful > 0)
    log.warn("the machine stopped before these layers were on the disk: they are unpacked again", {
      layers: doubtful,
    });
  return found
    .filter((snapshot) => snapshot.kind !== "committed" || whole.has(snapshot))
    .sort((a, b) => a.number - b.number);
}

/** Committed snapshots, to be found as those above them note them: by number, else by name. */
class Layers {
  readonly #byNumber = new Map<number, Snapshot>();
  readonly #byName = new Map<string, Snapshot>();

  constructor(layers: readonly Snapshot[]) {
    for (const layer of layers) {
      this.#byNumber.set(layer.number, layer);
      for (const name of namesOf(layer)) this.#byName.set(name, layer);
    }
  }

  get size(): number {
    return this.#byNumber.size;
  }

  get all(): Snapshot[] {
    return [...this.#byNumber.values()];
  }

  has({ number }: Snapshot): boolean {
    return this.#byNumber.has(number);
  }

  below({ below, parent }: Snapshot): Snapshot | undefined {
    const byNumber = below === undefined ? undefined : this.#byNumber.get(below);
    return byNumber ?? (parent === undefined ? undefined : this.#byName.get(parent));
  }

  delete(layer: Snapshot): void {
    this.#byNumber.delete(layer.number);
    for (const name of namesOf(layer)) if (this.#byName.get(name) === layer) this.#byName.delete(name);
  }
}
