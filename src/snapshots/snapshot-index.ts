import type { SnapshotInfo } from "./snapshotter.ts";
import { namesOf, type Snapshot } from "./whole-snapshots.ts";

/** What snapshots there are, by their names and by what stands on what. */
export class SnapshotIndex {
  readonly #snapshots = new Map<number, Snapshot>();
  readonly #numbers = new Map<string, number>();

  /** In the order they were made. */
  get all(): Snapshot[] {
    return [...this.#snapshots.values()];
  }

  numbered(number: number): Snapshot | undefined {
    return this.#snapshots.get(number);
  }

  get(keyOrName: string): Snapshot | undefined {
    const number = this.#numbers.get(keyOrName);
    return number === undefined ? undefined : this.#snapshots.get(number);
  }

  has(keyOrName: string): boolean {
    return this.#numbers.has(keyOrName);
  }

  /** What it stands on: by number, or, when that layer was lost and made again, by name. */
  below({ below, parent }: Snapshot): Snapshot | undefined {
    const byNumber = below === undefined ? undefined : this.#snapshots.get(below);
    return byNumber ?? (parent === undefined ? undefined : this.get(parent));
  }

  /** A name of what it stands on that is still one. */
  parentOf(snapshot: Snapshot): string | undefined {
    const { parent } = snapshot;
    const below = this.below(snapshot);
    if (!below || parent === undefined) return parent;
    return namesOf(below).includes(parent) ? parent : below.name;
  }

  infoOf(snapshot: Snapshot): SnapshotInfo {
    const { name, kind, others, created, diffId } = snapshot;
    const parent = this.parentOf(snapshot);
    return {
      name,
      kind,
      ...(parent !== undefined && { parent }),
      ...(others && { others }),
      ...(created !== undefined && { created }),
      ...(diffId && { diffId }),
    };
  }

  isStoodOn({ number }: Snapshot): boolean {
    return this.all.some((snapshot) => this.below(snapshot)?.number === number);
  }

  add(snapshot: Snapshot): void {
    this.#snapshots.set(snapshot.number, snapshot);
    for (const name of namesOf(snapshot)) this.#numbers.set(name, snapshot.number);
  }

  drop(snapshot: Snapshot): void {
    this.#snapshots.delete(snapshot.number);
    for (const name of namesOf(snapshot))
      if (this.#numbers.get(name) === snapshot.number) this.#numbers.delete(name);
  }

  /** The same snapshot with other notes; what it stands on does not change. */
  replace(snapshot: Snapshot, by: Snapshot): void {
    for (const name of namesOf(snapshot)) this.#numbers.delete(name);
    this.#snapshots.set(by.number, by);
    for (const name of namesOf(by)) this.#numbers.set(name, by.number);
  }
}
