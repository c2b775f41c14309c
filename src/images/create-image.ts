import type { ContentStore } from "../content/content-store.ts";
import { cancelled, notFound } from "../errors/engine-error.ts";
import { failpoint } from "../lib/failpoint.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import type { ImageConfig } from "../oci/image-config.ts";
import { formatManifest, mediaTypes } from "../oci/manifest.ts";
import type { ImageCatalog, ImageDetails } from "./image-catalog.ts";
import type { NewImage } from "./image-store.ts";
import { nowWithNanoseconds } from "./image-tags.ts";
import { layerKind, storable } from "./layer-kind.ts";
import type { PinGroup } from "./pins.ts";
import type { LayerUnpacker } from "./unpack/layer-unpacker.ts";

export interface CreateParts {
  readonly content: ContentStore;
  readonly catalog: ImageCatalog;
  readonly unpacker: LayerUnpacker;
  readonly pins: PinGroup;
}

/** Makes an image of this machine's own: its parent's layers, perhaps one more, and a configuration. */
export async function createImage(
  image: NewImage,
  parts: CreateParts,
  signal?: AbortSignal,
): Promise<Digest> {
  await parts.catalog.ready();
  const { pins } = parts;
  const parent = image.parent === undefined ? undefined : parts.catalog.details(image.parent);
  if (image.parent !== undefined && !parent) throw notFound(`No such image: ${image.parent}`);
  if (parent) pins.add(...parent.chain, ...parent.layers.map(({ digest }) => digest));
  const added = image.layer && (await addLayer(image.layer, parent, parts, pins, signal));
  const layers = [...(parent?.layers ?? []), ...(added ? [added.descriptor] : [])];
  const diffIds = [...(parent?.config.rootfs.diff_ids ?? []), ...(added ? [added.diffId] : [])];
  const config = configOf(image, parent?.config, diffIds);
  const configBlob = await parts.content.put(Buffer.from(JSON.stringify(config)));
  pins.add(configBlob.digest);
  const raw = formatManifest({ mediaType: mediaTypes.ociConfig, ...configBlob }, layers);
  const manifest = await parts.content.put(raw);
  pins.add(manifest.digest);
  await failpoint("image.record");
  await parts.catalog.add({
    ...parts.catalog.table.get(configBlob.digest),
    id: configBlob.digest,
    created: config.created ?? "",
    manifest: manifest.digest,
    manifestMediaType: mediaTypes.ociManifest,
    ...(image.parent !== undefined && { parent: image.parent }),
  });
  return configBlob.digest;
}

async function addLayer(
  layer: ReadableStream<Uint8Array>,
  parent: ImageDetails | undefined,
  parts: CreateParts,
  pins: PinGroup,
  signal: AbortSignal | undefined,
): Promise<{ descriptor: Descriptor; diffId: Digest }> {
  await using writer = await parts.content.ingest(`create-${crypto.randomUUID()}`);
  try {
    for await (const chunk of await storable(layer)) {
      if (signal?.aborted) throw cancelled("making the image was cancelled", signal.reason);
      await writer.write(chunk);
    }
    const blob = await writer.commit();
    pins.add(blob.digest);
    const kind = await layerKind(blob.digest, parts.content);
    const below = parent?.chain.at(-1);
    const { diffId, chainId } = await parts.unpacker.unpack(blob.digest, below, signal ? { signal } : {});
    pins.add(chainId);
    return { descriptor: { mediaType: kind ?? mediaTypes.ociLayer, ...blob }, diffId };
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

function configOf(image: NewImage, parent: ImageConfig | undefined, diffIds: readonly Digest[]): ImageConfig {
  const created = image.history.created ?? nowWithNanoseconds();
  const empty = image.layer === undefined;
  const { os, architecture, variant } = image.platform;
  return {
    architecture,
    config: image.runConfig,
    created,
    history: [...(parent?.history ?? []), { ...image.history, created, ...(empty && { empty_layer: true }) }],
    os,
    rootfs: { type: "layers", diff_ids: diffIds },
    ...(variant !== undefined && { variant }),
    ...(image.author !== undefined && { author: image.author }),
    ...(image.comment !== undefined && { comment: image.comment }),
  };
}
