import { KeyedLock } from "../../lib/keyed-lock.ts";
import type { BuildCacheRow } from "../../records/build-cache.ts";
import { diskUsage } from "../../snapshots/disk-usage.ts";
import type { CacheMounts } from "../cache-mounts.ts";
import type { CachePolicy, CacheUsage } from "./build-cache.ts";
import { cacheFilter } from "./cache-filters.ts";
import { choosePruned } from "./choose-pruned.ts";
import { type ResultCache, treeOf } from "./result-cache.ts";

/** What the cache takes, and the taking away of it. */
export class PrunedCache {
  readonly #cache: ResultCache;
  readonly #mounts: CacheMounts;
  readonly #freeSpace: () => number;
  readonly #now: () => number;
  readonly #lock = new KeyedLock();

  constructor(
    cache: ResultCache,
    mounts: CacheMounts,
    freeSpace: () => number,
    now: () => number = Date.now,
  ) {
    this.#cache = cache;
    this.#mounts = mounts;
    this.#freeSpace = freeSpace;
    this.#now = now;
  }

  async usage(): Promise<CacheUsage[]> {
    const entries: CacheUsage[] = [];
    for (const row of this.#cache.table.list()) {
      const { id, parents, type, description, createdAt, lastUsedAt, usageCount } = row;
      entries.push({
        id,
        parents,
        type,
        description,
        inUse: this.#cache.isHeld(id) || this.#mounts.isInUse(id),
        shared: await this.#cache.trees.isShared(treeOf(row)),
        size: await this.#sizeOf(row),
        createdAt,
        lastUsedAt,
        usageCount,
      });
    }
    return entries;
  }

  /** One after the other: what one counts as there, another must not take meanwhile. */
  prune(policy: CachePolicy): Promise<{ deleted: string[]; reclaimed: number }> {
    const matches = cacheFilter(policy.filters, this.#now());
    return this.#lock.run("prune", async () => {
      const deleted: string[] = [];
      let reclaimed = 0;
      for (const entry of choosePruned(await this.usage(), policy, matches, this.#freeSpace())) {
        // A build may have come for it meanwhile.
        if (this.#cache.isHeld(entry.id) || this.#mounts.isInUse(entry.id)) continue;
        if (!(await this.#remove(entry.id))) continue;
        deleted.push(entry.id);
        if (!entry.shared) reclaimed += entry.size;
      }
      await this.#cache.trees.removeDropped();
      return { deleted, reclaimed };
    });
  }

  /** Record first: a result without a record is rubbish, a record without a result a promise. */
  async #remove(id: string): Promise<boolean> {
    const row = this.#cache.table.get(id);
    if (!row) return false;
    if (row.directory !== undefined) {
      await this.#mounts.remove(id, row.directory);
      return true;
    }
    this.#cache.table.remove(id);
    await this.#cache.trees.remove(treeOf(row));
    return true;
  }

  async #sizeOf(row: BuildCacheRow): Promise<number> {
    if (row.directory !== undefined) return (await diskUsage(this.#mounts.pathOf(row.directory))).bytes;
    if (row.size !== undefined) return row.size;
    const size = await this.#cache.trees.size(treeOf(row));
    this.#cache.table.setSize(row.id, size);
    return size;
  }
}
