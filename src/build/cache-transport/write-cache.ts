import type { ImageComposer } from "../../images/compose/image-composer.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import { hexOf } from "../../oci/digest.ts";
import { formatManifest, mediaTypes } from "../../oci/manifest.ts";
import type { StepScope } from "../solver/op.ts";
import { cacheConfigType, formatCacheDocument } from "./cache-document.ts";
import type { CacheStore } from "./cache-store.ts";
import type { CollectedCache } from "./collect-cache.ts";

/** Layers first, compressed, then what they mean, then the manifest. */
export async function writeCache(
  { document, layers }: CollectedCache,
  store: CacheStore,
  composer: ImageComposer,
  { signal, onProgress }: StepScope,
): Promise<void> {
  const descriptors: Descriptor[] = [];
  for (const layer of layers) {
    const id = hexOf(layer.diffId).slice(0, 12);
    onProgress({ id, status: "writing layer", total: layer.descriptor.size });
    const { mediaType, digest, size } = await composer.compressedLayer(layer, signal);
    await store.putBlob({ mediaType, digest, size }, (offset) => composer.open(digest, offset), signal);
    onProgress({ id, status: "done", current: layer.descriptor.size, total: layer.descriptor.size });
    descriptors.push({ mediaType, digest, size });
  }
  const config = { mediaType: cacheConfigType, ...(await composer.put(formatCacheDocument(document))) };
  await store.putBlob(config, (offset) => composer.open(config.digest, offset), signal);
  const raw = formatManifest(config, descriptors);
  const { digest } = await composer.put(raw);
  await store.putManifest({ raw, mediaType: mediaTypes.ociManifest, digest }, signal);
}
