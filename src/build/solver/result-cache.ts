import type { BuildCacheRow, BuildCacheTable } from "../../records/build-cache.ts";
import type { TreeStore } from "../trees/tree-store.ts";
import { explainMiss } from "./explain.ts";
import { parentRole } from "./op.ts";
import type { StepKey } from "./step-key.ts";
import type { Tree } from "./tree.ts";

export interface StepResult {
  /** Of its record. */
  readonly id: string;
  readonly key: string;
  readonly tree: Tree;
  readonly description: string;
}

export interface NewResult {
  readonly step: StepKey;
  readonly tree: Tree;
  readonly description: string;
  readonly type: BuildCacheRow["type"];
  readonly place: string;
  readonly parents: readonly string[];
}

/** Results on the disk and their records; who uses one holds it, so that nobody prunes it meanwhile. */
export class ResultCache {
  readonly table: BuildCacheTable;
  readonly trees: TreeStore;
  readonly #now: () => number;
  readonly #held = new Map<string, number>();

  constructor(table: BuildCacheTable, trees: TreeStore, now: () => number = Date.now) {
    this.table = table;
    this.trees = trees;
    this.#now = now;
  }

  timestamp(): string {
    return new Date(this.#now()).toISOString();
  }

  /** A record whose files are gone is dropped. */
  async find(key: string, holds: Holds): Promise<StepResult | undefined> {
    return this.#whole(this.table.byKey(key), holds);
  }

  /** The key of a step that is known by its definition, while its result is there. */
  async keyOf(definition: string, holds: Holds): Promise<string | undefined> {
    return (await this.#whole(this.table.byDefinition(definition), holds))?.key;
  }

  async #whole(row: BuildCacheRow | undefined, holds: Holds): Promise<StepResult | undefined> {
    if (!row) return undefined;
    const tree = treeOf(row);
    holds.add(row.id);
    if (await this.trees.has(tree)) return { id: row.id, key: row.key, tree, description: row.description };
    holds.drop(row.id);
    this.table.remove(row.id);
    return undefined;
  }

  put({ step, tree, description, type, place, parents }: NewResult, holds: Holds): StepResult {
    const id = crypto.randomUUID().replaceAll("-", "").slice(0, 25);
    holds.add(id);
    const { key, facts, inputs, entries, definition } = step;
    const snapshot = tree.kind === "snapshot" ? { snapshot: tree.name } : {};
    const createdAt = this.timestamp();
    this.table.put(
      { id, key, type, ...snapshot, description, place, facts, inputs, parents, createdAt },
      entries,
      definition,
    );
    return { id, key, tree, description };
  }

  /** The same place may be that of another Dockerfile: what has neither the parent nor the words says nothing. */
  explain(step: StepKey, place: string, title: string): string {
    const parent = step.inputs.find(({ role }) => role === parentRole)?.digest;
    const earlier = this.table
      .atPlace(place)
      .filter(
        ({ inputs, description }) =>
          wordsOf(description) === wordsOf(title) ||
          inputs.find(({ role }) => role === parentRole)?.digest === parent,
      );
    return explainMiss(step, earlier.slice(0, 20), (id) => this.table.entries(id));
  }

  isHeld(id: string): boolean {
    return this.#held.has(id);
  }

  /** What one build holds; let go, its uses are written down in one commit. */
  holds(): Holds {
    return new Holds(this.#held, (ids) => this.table.used(ids, this.timestamp()));
  }
}

export class Holds implements Disposable {
  readonly #all: Map<string, number>;
  readonly #ended: (ids: readonly string[]) => void;
  readonly #mine = new Set<string>();

  constructor(all: Map<string, number>, ended: (ids: readonly string[]) => void) {
    this.#all = all;
    this.#ended = ended;
  }

  add(id: string): void {
    if (this.#mine.has(id)) return;
    this.#mine.add(id);
    this.#all.set(id, (this.#all.get(id) ?? 0) + 1);
  }

  drop(id: string): void {
    if (!this.#mine.delete(id)) return;
    const left = (this.#all.get(id) ?? 1) - 1;
    if (left > 0) this.#all.set(id, left);
    else this.#all.delete(id);
  }

  [Symbol.dispose](): void {
    const ids = [...this.#mine];
    for (const id of ids) this.drop(id);
    if (ids.length > 0) this.#ended(ids);
  }
}

/** A title without its numbers. */
const wordsOf = (title: string): string => title.replace(/^\[[^\]]*\] /, "");

export function treeOf(row: Pick<BuildCacheRow, "snapshot">): Tree {
  return row.snapshot === undefined ? { kind: "empty" } : { kind: "snapshot", name: row.snapshot };
}
