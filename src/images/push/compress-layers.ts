import type { ContentStore } from "../../content/content-store.ts";
import { cancelled } from "../../errors/engine-error.ts";
import { failpoint } from "../../lib/failpoint.ts";
import { gzipped } from "../../lib/gzip.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import type { Digest } from "../../oci/digest.ts";
import { formatManifest, mediaTypes } from "../../oci/manifest.ts";
import type { ImageCatalog, ImageDetails } from "../image-catalog.ts";
import type { PinGroup, Pins } from "../pins.ts";

export interface CompressParts {
  readonly content: ContentStore;
  readonly catalog: ImageCatalog;
  readonly pins: Pins;
  /** Deletes a blob that nobody uses any more. */
  readonly discard: (blob: Digest) => Promise<void>;
  /** Whether a registry has the image as it is stored: then it stays so. */
  readonly isPublished: (details: ImageDetails) => boolean;
}

export interface CompressOptions {
  readonly pins: PinGroup;
  readonly signal: AbortSignal;
  readonly onProgress: (diffId: Digest, done: number, total: number) => void;
}

const plainTypes: readonly string[] = [mediaTypes.ociLayer, "application/vnd.docker.image.rootfs.diff.tar"];

export function isPlain({ mediaType }: Descriptor): boolean {
  return plainTypes.includes(mediaType);
}

/**
 * Brings an image into the form registries keep. Layers made here, and those of archives that
 * `docker save` wrote, are stored as plain tars: they are compressed once, and the compressed
 * blobs take the place of the plain ones in every image that shares them. So the next push,
 * also of a child image, finds the digests the registry has. A manifest that came from a
 * registry is never changed.
 */
export async function compressLayers(
  id: Digest,
  parts: CompressParts,
  options: CompressOptions,
): Promise<void> {
  const details = parts.catalog.details(id);
  if (!details || parts.isPublished(details)) return;
  const made = new Map<Digest, Descriptor>();
  for (const [index, layer] of details.layers.entries()) {
    if (!isPlain(layer) || made.has(layer.digest)) continue;
    const diffId = details.config.rootfs.diff_ids[index] ?? layer.digest;
    made.set(layer.digest, await compressLayer(layer, diffId, parts, options));
  }
  if (made.size === 0) return;
  for (const record of parts.catalog.table.list()) {
    const sharer = parts.catalog.details(record.id);
    if (!sharer?.layers.some(({ digest }) => made.has(digest))) continue;
    if (parts.isPublished(sharer)) continue;
    await failpoint("image.push.manifest");
    await replaceLayers(record.id, sharer, made, parts, options.pins);
  }
  for (const plain of made.keys()) await parts.discard(plain);
}

async function compressLayer(
  layer: Descriptor,
  diffId: Digest,
  parts: CompressParts,
  { pins, signal, onProgress }: CompressOptions,
): Promise<Descriptor> {
  using reading = parts.pins.group();
  reading.add(layer.digest);
  await using writer = await parts.content.ingest(`compress-${crypto.randomUUID()}`);
  let read = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of parts.content.open(layer.digest)) {
      if (signal.aborted) throw cancelled("compressing a layer was cancelled", signal.reason);
      read += chunk.length;
      yield chunk;
    }
  };
  try {
    for await (const chunk of gzipped(counted())) {
      await writer.write(chunk);
      onProgress(diffId, read, layer.size);
    }
    const blob = await writer.commit();
    pins.add(blob.digest);
    return { mediaType: mediaTypes.ociLayerGzip, ...blob };
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

async function replaceLayers(
  id: Digest,
  { configDescriptor, layers, manifest }: ImageDetails,
  made: ReadonlyMap<Digest, Descriptor>,
  { catalog, content, discard }: CompressParts,
  pins: PinGroup,
): Promise<void> {
  const config = { ...configDescriptor, mediaType: mediaTypes.ociConfig };
  const raw = formatManifest(
    config,
    layers.map((layer) => made.get(layer.digest) ?? layer),
  );
  const blob = await content.put(raw);
  pins.add(blob.digest);
  const record = catalog.table.get(id);
  // Removed meanwhile: then there is nothing to replace.
  if (!record) return;
  await catalog.add({ ...record, manifest: blob.digest, manifestMediaType: mediaTypes.ociManifest });
  await discard(manifest.digest);
}
