import { isDeepStrictEqual } from "node:util";
import type { ContentStore } from "../../content/content-store.ts";
import { invalidArgument } from "../../errors/engine-error.ts";
import { failpoint } from "../../lib/failpoint.ts";
import { span } from "../../lib/trace.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import type { Digest } from "../../oci/digest.ts";
import { formatManifest, mediaTypes } from "../../oci/manifest.ts";
import { parseImageConfig } from "../../oci/parse-config.ts";
import { hostPlatform, type Platform } from "../../oci/platform.ts";
import { familiarReference } from "../../oci/reference.ts";
import type { ImageCatalog } from "../image-catalog.ts";
import type { LoadedImage, LoadProgress } from "../image-store.ts";
import type { ImageTags } from "../image-tags.ts";
import { layerKind, plainLayer } from "../layer-kind.ts";
import type { PinGroup } from "../pins.ts";
import { type LayerUnpacker, shortDigest } from "../unpack/layer-unpacker.ts";
import { ArchiveContents } from "./archive-contents.ts";
import type { ArchiveImage } from "./archive-image.ts";
import { findArchiveImages } from "./archive-images.ts";

export interface LoadParts {
  readonly content: ContentStore;
  readonly catalog: ImageCatalog;
  readonly unpacker: LayerUnpacker;
  readonly tags: ImageTags;
  /** Holds what the archive brings until a record names it. */
  readonly pins: PinGroup;
}

interface LoadOptions {
  readonly onProgress?: (progress: LoadProgress) => void;
  readonly platform?: Platform;
  readonly signal?: AbortSignal;
}

/**
 * Loads all images of an archive. The order makes any crash harmless: blobs, then layers, then
 * the record, then names; what has no record is collected at the next start.
 */
// trail: image load
export async function loadArchive(
  archive: ReadableStream<Uint8Array>,
  parts: LoadParts,
  options: LoadOptions,
): Promise<LoadedImage[]> {
  await parts.catalog.ready();
  const { pins } = parts;
  const contents = new ArchiveContents(parts.content, pins);
  await span("image.read", () => contents.read(archive, options));
  const loaded: LoadedImage[] = [];
  const parents = new Map<Digest, Digest>();
  for (const image of await findArchiveImages(contents, options.platform)) {
    loaded.push(await loadImage(image, contents, parts, pins, options));
    if (image.parent !== undefined) parents.set(image.config.digest, image.parent);
  }
  for (const [id, parent] of parents) linkToParent(id, parent, parts.catalog);
  return loaded;
}

/** Parent and child as commit and build leave them: the child's history is the parent's and one step more. */
function linkToParent(id: Digest, parent: Digest, catalog: ImageCatalog): void {
  const record = catalog.table.get(id);
  const [steps, before] = [id, parent].map((image) => catalog.details(image)?.config.history ?? []);
  if (!record || !steps || !before || !catalog.table.get(parent)) return;
  if (steps.length !== before.length + 1 || !isDeepStrictEqual(steps.slice(0, -1), before)) return;
  catalog.table.put({ ...record, parent });
}

async function loadImage(
  image: ArchiveImage,
  contents: ArchiveContents,
  parts: LoadParts,
  pins: PinGroup,
  options: LoadOptions,
): Promise<LoadedImage> {
  const config = parseImageConfig(image.config.raw);
  const diffIds = config.rootfs.diff_ids;
  if (diffIds.length !== image.layers.length)
    throw invalidArgument(
      `invalid manifest, layers length mismatch: expected ${image.layers.length}, got ${diffIds.length}`,
    );
  if (config.os !== hostPlatform().os)
    throw invalidArgument(`image operating system "${config.os}" cannot be used on this platform`);
  const layers: Descriptor[] = [];
  for (const layer of image.layers) layers.push(await storeLayer(layer, contents, parts.content, pins));
  const blobs = layers.map(({ digest }, index) => ({ blob: digest, diffId: diffIds[index] ?? digest }));
  await unpackPinned(blobs, parts, pins, options);
  const configBlob = await parts.content.put(image.config.raw, {
    digest: image.config.digest,
    size: image.config.raw.length,
  });
  pins.add(configBlob.digest);
  const raw =
    image.manifest?.raw ??
    formatManifest(
      { mediaType: mediaTypes.ociConfig, digest: configBlob.digest, size: configBlob.size },
      layers,
    );
  const manifest = await parts.content.put(raw);
  pins.add(manifest.digest);
  await failpoint("image.record");
  await parts.catalog.add({
    ...parts.catalog.table.get(configBlob.digest),
    id: configBlob.digest,
    created: config.created ?? "",
    manifest: manifest.digest,
    manifestMediaType: image.manifest?.descriptor.mediaType ?? mediaTypes.ociManifest,
  });
  await failpoint("image.tag");
  for (const reference of image.references) {
    const moved = await parts.tags.set(configBlob.digest, reference);
    const name = familiarReference(reference);
    if (moved)
      options.onProgress?.({
        status: `The image ${name} already exists, renaming the old one with ID ${moved} to empty string`,
      });
  }
  const stored = await parts.catalog.get(configBlob.digest);
  if (!stored) throw invalidArgument(`image ${configBlob.digest} was removed while it was loaded`);
  return { image: stored, tags: image.references.map(familiarReference) };
}

async function unpackPinned(
  layers: readonly { blob: Digest; diffId: Digest }[],
  parts: LoadParts,
  pins: PinGroup,
  options: LoadOptions,
): Promise<void> {
  const { signal, onProgress } = options;
  await parts.unpacker.unpackAll(layers, {
    pins,
    ...(signal && { signal }),
    onLayer: (diffId, state) => {
      if (state === "exists") onProgress?.({ id: shortDigest(diffId), status: "Already exists" });
    },
  });
}

async function storeLayer(
  layer: ArchiveImage["layers"][number],
  contents: ArchiveContents,
  content: ContentStore,
  pins: PinGroup,
): Promise<Descriptor> {
  if ("descriptor" in layer) {
    await contents.layoutBlob(layer.descriptor.digest, layer.descriptor.size);
    return layer.descriptor;
  }
  const { digest, size } = await contents.blob(layer.path);
  const kind = await layerKind(digest, content);
  const plain = kind === undefined ? await plainLayer(content.open(digest), content, pins) : { digest, size };
  return { mediaType: kind ?? mediaTypes.ociLayer, ...plain };
}
