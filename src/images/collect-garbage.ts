import type { ContentStore } from "../content/content-store.ts";
import { log } from "../lib/log.ts";
import { type Digest, isDigest } from "../oci/digest.ts";
import type { Snapshotter } from "../snapshots/snapshotter.ts";
import { namesOf } from "../snapshots/whole-snapshots.ts";

/**
 * Deletes what a crash left: blobs and layers no image names. Whether one is free is asked
 * right before it goes, and it goes at once, so work that starts meanwhile loses nothing.
 */
export async function collectGarbage(world: {
  readonly content: ContentStore;
  readonly snapshots: Snapshotter;
  isFreeBlob(digest: Digest): boolean;
  isFreeLayer(chainId: Digest): boolean;
  /** No work in progress; with some, blobs are left for the next time. */
  isIdle(): boolean;
}): Promise<void> {
  let blobs = 0;
  if (world.isIdle()) await world.content.dropPartial();
  for await (const { digest } of world.content.list()) {
    if (!world.isIdle()) break;
    if (!world.isFreeBlob(digest)) continue;
    await world.content.delete(digest);
    blobs++;
  }
  const layers = await removeFreeLayers(world.snapshots, (chainId) => world.isFreeLayer(chainId));
  if (blobs + layers > 0) log.info("removed image content that no image uses", { blobs, layers });
}

/** Children go before parents, so it takes as many rounds as the highest free stack has layers. */
async function removeFreeLayers(
  snapshots: Snapshotter,
  isFree: (digest: Digest) => boolean,
): Promise<number> {
  let removed = 0;
  for (let before = -1; before !== removed; ) {
    before = removed;
    const all = await snapshots.list();
    const parents = new Set(all.map(({ parent }) => parent));
    for (const snapshot of all) {
      const names = snapshot.kind === "committed" ? namesOf(snapshot) : [];
      const free = names.filter(isDigest).filter(isFree);
      // The last name takes the files along: not while something stands on them.
      if (free.length === names.length && names.some((name) => parents.has(name))) free.pop();
      for (const name of free) {
        if (!isFree(name)) continue;
        await snapshots.remove(name);
        removed++;
      }
    }
  }
  return removed;
}
