import type { Digest } from "../oci/digest.ts";
import type { Snapshotter } from "../snapshots/snapshotter.ts";

export interface DropWorld {
  readonly snapshots: Snapshotter;
  isFreeBlob(digest: Digest): boolean;
  isFreeLayer(chainId: Digest): boolean;
  deleteBlob(digest: Digest): Promise<void>;
}

/**
 * Of these blobs and layers those go that no image and no work in progress needs; `layers` come
 * the upper ones first. Gives back the layers that went.
 */
export async function dropFree(
  world: DropWorld,
  blobs: Iterable<Digest>,
  layers: Iterable<Digest>,
): Promise<Digest[]> {
  for (const blob of blobs) if (world.isFreeBlob(blob)) await world.deleteBlob(blob);
  const gone: Digest[] = [];
  for (const layer of layers) {
    const all = await world.snapshots.list();
    const isThere = all.some(({ kind, name }) => kind === "committed" && name === layer);
    // A container made from it in this moment stands on it: then it stays with the container.
    const isStoodOn = all.some(({ parent }) => parent === layer);
    // Asked last: whoever pins it from now on finds it gone.
    if (!isThere || isStoodOn || !world.isFreeLayer(layer)) continue;
    await world.snapshots.remove(layer);
    gone.push(layer);
  }
  return gone;
}
