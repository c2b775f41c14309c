import type { Digest } from "../oci/digest.ts";
import type { ImageCatalog } from "./image-catalog.ts";

export interface LayerUsage {
  readonly layersSize: number;
  readonly shared: ReadonlyMap<Digest, { readonly shared: number; readonly unique: number }>;
}

/** Each layer counts once in all, and for an image as shared if another image has it too. */
export async function layerUsage(catalog: ImageCatalog): Promise<LayerUsage> {
  const users = new Map<Digest, Set<Digest>>();
  const shared = new Map<Digest, { shared: number; unique: number }>();
  for (const { id } of catalog.table.list()) {
    shared.set(id, { shared: 0, unique: 0 });
    for (const layer of catalog.details(id)?.chain ?? [])
      users.set(layer, (users.get(layer) ?? new Set()).add(id));
  }
  let layersSize = 0;
  for (const [layer, images] of users) {
    const size = await catalog.layerSize(layer);
    layersSize += size;
    for (const id of images) {
      const sums = shared.get(id);
      if (sums) sums[images.size > 1 ? "shared" : "unique"] += size;
    }
  }
  return { layersSize, shared };
}
