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
  // All from the beginning: another push may replace and discard some of them meanwhile.
  const reading = parts.pins.group();
  reading.add(...details.layers.filter(isPlain).map(({ digest }) => digest));
  try {
    await compressPlain(details, made, parts, options);
  } finally {
    reading[Symbol.dispose]();
  }
  for (const record of parts.catalog.table.list()) await replaceLayers(record.id, made, parts, options.pins);
  for (const plain of made.keys()) await parts.discard(plain);
}

async function compressPlain(
  details: ImageDetails,
  made: Map<Digest, Descriptor>,
  parts: CompressParts,
  options: CompressOptions,
): Promise<void> {
  for (const [index, layer] of details.layers.entries()) {
    if (!isPlain(layer) || made.has(layer.digest)) continue;
    const diffId = details.config.rootfs.diff_ids[index] ?? layer.digest;
    made.set(layer.digest, await compressLayer(layer, diffId, parts, options));
  }
}

/** One plain layer as a compressed blob. */
export async function compressLayer(
  layer: Descriptor,
  diffId: Digest,
  parts: Pick<CompressParts, "content">,
  { pins, signal, onProgress }: CompressOptions,
): Promise<Descriptor> {
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

/** Until it is done: another push may be replacing other layers of the same image. */
async function replaceLayers(
  id: Digest,
  made: ReadonlyMap<Digest, Descriptor>,
  { catalog, content, discard, isPublished }: CompressParts,
  pins: PinGroup,
): Promise<void> {
  for (let isReplaced = false; !isReplaced; ) {
    const sharer = catalog.details(id);
    if (!sharer?.layers.some(({ digest }) => made.has(digest)) || isPublished(sharer)) return;
    const mediaType = mediaTypes.ociManifest;
    const raw = formatManifest(
      { ...sharer.configDescriptor, mediaType: mediaTypes.ociConfig },
      sharer.layers.map((layer) => made.get(layer.digest) ?? layer),
    );
    const { digest } = await content.put(raw);
    pins.add(digest);
    await failpoint("image.push.manifest");
    isReplaced = await catalog.replaceManifest(id, { digest, mediaType }, sharer);
    if (isReplaced) await discard(sharer.manifest.digest);
  }
}
