import type { ContentStore } from "../../content/content-store.ts";
import { internal, isKind } from "../../errors/engine-error.ts";
import { failpoint } from "../../lib/failpoint.ts";
import { chainIds } from "../../oci/chain-id.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import { type Digest, sha256 } from "../../oci/digest.ts";
import type { ImageConfig } from "../../oci/image-config.ts";
import { formatManifest, mediaTypes } from "../../oci/manifest.ts";
import type { Reference } from "../../oci/reference.ts";
import { layerChanges } from "../../snapshots/layer-changes.ts";
import type { Snapshotter } from "../../snapshots/snapshotter.ts";
import { saveArchive } from "../archive/save-archive.ts";
import { packChanges, snapshotDirectories } from "../export/export-layer.ts";
import type { ImageCatalog, ImageDetails } from "../image-catalog.ts";
import type { ImageStore } from "../image-store.ts";
import type { PinGroup } from "../pins.ts";
import { compressLayer, isPlain } from "../push/compress-layers.ts";
import { pushImage } from "../push/push-image.ts";
import type { PushOptions, PushTarget } from "../push/push-options.ts";
import type { StoredImage } from "../stored-image.ts";
import type { LayerUnpacker } from "../unpack/layer-unpacker.ts";
import { emptyDiffId, type LayerPacks, type PackedLayer, storeBlob, storeLayer } from "./layer-packs.ts";

/** A store that can also put images together. */
export interface ComposingImageStore extends ImageStore {
  /** For images of layers that are here as snapshots already: what a build gives. To be disposed. */
  composer(): ImageComposer;
}

export interface ComposerParts {
  readonly content: ContentStore;
  readonly snapshots: Snapshotter;
  readonly catalog: ImageCatalog;
  readonly unpacker: LayerUnpacker;
  readonly packs: LayerPacks;
  readonly pins: PinGroup;
  /** Takes away what was pinned here and no image names. */
  dropUnused(): Promise<void>;
}

/** A layer of an image to be, and the snapshot that shows it with all below it, if there is one. */
export interface ComposedLayer {
  readonly diffId: Digest;
  readonly descriptor: Descriptor;
  readonly snapshot?: string;
}

/**
 * Puts images together from layers that are here as snapshots: nothing is unpacked again. What is
 * made belongs to this until an image record names it, and goes with this otherwise.
 */
export class ImageComposer implements AsyncDisposable {
  readonly #parts: ComposerParts;

  constructor(parts: ComposerParts) {
    this.#parts = parts;
  }

  /** What a snapshot adds to the one below it, as a layer; packed once, here and by others. */
  pack(snapshot: string, signal: AbortSignal): Promise<PackedLayer> {
    return this.#parts.packs.pack(snapshot, this.#parts.pins, signal);
  }

  /** All that a mounted tree changes of a base, as one layer. */
  async packWhole(root: string, base: string | undefined, signal: AbortSignal): Promise<PackedLayer> {
    const { snapshots, content, pins } = this.#parts;
    const below = base === undefined ? undefined : await snapshotDirectories(snapshots, base);
    const lowers = below ? [below.upper, ...below.lowers] : [];
    const changes = await layerChanges(root, lowers, { isWhole: true, joinAdded: true });
    const descriptor = await storeLayer(packChanges(root, changes), content, signal);
    pins.add(descriptor.digest);
    return { diffId: descriptor.digest, descriptor, isEmpty: descriptor.digest === emptyDiffId };
  }

  /** The layers of an image that is here, as they are stored now. */
  layersOf(image: StoredImage): ComposedLayer[] {
    // Asked again: a push may have put compressed blobs in the place of plain ones.
    const layers = this.#parts.catalog.details(image.id)?.layers ?? image.layers;
    this.#parts.pins.add(...layers.map(({ digest }) => digest));
    return layers.map((descriptor, index) => ({
      descriptor,
      diffId: image.config.rootfs.diff_ids[index] ?? descriptor.digest,
    }));
  }

  /** Writes configuration and manifest; nobody sees the image yet. */
  async compose(config: ImageConfig, layers: readonly ComposedLayer[]): Promise<ImageDetails> {
    const { content, pins } = this.#parts;
    for (const { descriptor } of layers)
      if (!(await content.stat(descriptor.digest)))
        throw internal(
          `layer ${descriptor.digest} of the base image is gone: was the image removed meanwhile?`,
        );
    const rawConfig = Buffer.from(JSON.stringify(config));
    pins.add(sha256(rawConfig));
    const configDescriptor = { mediaType: mediaTypes.ociConfig, ...(await content.put(rawConfig)) };
    const descriptors = layers.map(({ descriptor }) => descriptor);
    const raw = formatManifest(configDescriptor, descriptors);
    pins.add(sha256(raw));
    const manifest = { mediaType: mediaTypes.ociManifest, ...(await content.put(raw)) };
    const chain = chainIds(config.rootfs.diff_ids);
    return { config, rawConfig, manifest, configDescriptor, layers: descriptors, chain };
  }

  /** Makes it an image of this store. Its layers get the names images know them by. */
  async record(
    details: ImageDetails,
    layers: readonly ComposedLayer[],
    signal: AbortSignal,
  ): Promise<Digest> {
    const { catalog, pins } = this.#parts;
    const id = details.configDescriptor.digest;
    pins.add(...details.chain);
    await catalog.ready();
    for (const [index, layer] of layers.entries()) {
      const chainId = details.chain[index];
      if (chainId !== undefined) await this.#nameLayer(layer, chainId, details.chain[index - 1], signal);
    }
    await failpoint("image.record");
    if (catalog.table.get(id) && catalog.details(id)) return id;
    await catalog.add({
      ...catalog.table.get(id),
      id,
      created: details.config.created ?? "",
      manifest: details.manifest.digest,
      manifestMediaType: details.manifest.mediaType,
    });
    return id;
  }

  /** The same image with layers as registries keep them. */
  async compressed(
    details: ImageDetails,
    signal: AbortSignal,
    onProgress: (diffId: Digest, done: number, total: number) => void,
  ): Promise<ImageDetails> {
    const { content, pins } = this.#parts;
    const layers: Descriptor[] = [];
    for (const [index, descriptor] of details.layers.entries()) {
      const diffId = details.config.rootfs.diff_ids[index] ?? descriptor.digest;
      onProgress(diffId, 0, descriptor.size);
      layers.push(await this.compressedLayer({ descriptor, diffId }, signal));
      onProgress(diffId, descriptor.size, descriptor.size);
    }
    const raw = formatManifest(details.configDescriptor, layers);
    pins.add(sha256(raw));
    const manifest = { mediaType: mediaTypes.ociManifest, ...(await content.put(raw)) };
    return { ...details, layers, manifest };
  }

  /** A tar of images, as `docker save` makes it; with an index, an OCI layout of one image for several platforms. */
  archive(
    images: readonly ImageDetails[],
    references: readonly Reference[],
    index?: Descriptor,
  ): ReadableStream<Uint8Array> {
    const saved = images.map((details) => ({ details, references }));
    return saveArchive(saved, this.#parts.content, () => {}, index);
  }

  /** Sends an image that need not be one of this store. */
  push(details: ImageDetails, target: PushTarget, options: PushOptions): Promise<Descriptor> {
    const { content, catalog } = this.#parts;
    return pushImage(details, target, { content, table: catalog.table }, options, false);
  }

  /** A layer as registries keep it; compressed once. */
  async compressedLayer({ diffId, descriptor }: ComposedLayer, signal: AbortSignal): Promise<Descriptor> {
    if (!isPlain(descriptor)) return descriptor;
    const { content, pins, packs } = this.#parts;
    const known = await packs.compressedOf(diffId, pins);
    if (known) return known;
    // A layer with nothing in it is not stored otherwise.
    if (diffId === emptyDiffId) await this.put(new Uint8Array(1024));
    const made = await compressLayer(descriptor, diffId, { content }, { pins, signal, onProgress: () => {} });
    packs.remember(diffId, made);
    return made;
  }

  /** Brings a layer here that is elsewhere, and unpacks it on those below it; what is here already is left. */
  async bring(
    { diffId, descriptor }: ComposedLayer,
    below: Digest | undefined,
    open: () => AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<Digest> {
    const { content, snapshots, unpacker, packs, pins } = this.#parts;
    const chainId = below === undefined ? diffId : sha256(`${below} ${diffId}`);
    pins.add(chainId, descriptor.digest);
    if (await snapshots.stat(chainId)) return chainId;
    if (!(await content.stat(descriptor.digest))) {
      const { digest, size } = descriptor;
      await storeBlob(open(), content, { digest, size }, signal);
    }
    if (!isPlain(descriptor)) packs.remember(diffId, descriptor);
    await unpacker.unpack(descriptor.digest, below, { diffId, signal });
    return chainId;
  }

  /** A small blob that goes along: an index of several platforms, a list of cache records. */
  async put(bytes: Uint8Array): Promise<{ readonly digest: Digest; readonly size: number }> {
    this.#parts.pins.add(sha256(bytes));
    return await this.#parts.content.put(bytes);
  }

  open(digest: Digest, offset = 0): ReadableStream<Uint8Array> {
    return this.#parts.content.open(digest, { offset });
  }

  read(digest: Digest): Promise<Uint8Array> {
    return this.#parts.content.read(digest);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.dropUnused();
  }

  async #nameLayer(
    { snapshot, descriptor, diffId }: ComposedLayer,
    chainId: Digest,
    below: Digest | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const { snapshots, unpacker } = this.#parts;
    if (await snapshots.stat(chainId)) return;
    if (snapshot === undefined) {
      await unpacker.unpack(descriptor.digest, below, { diffId, signal });
      return;
    }
    try {
      await snapshots.link(snapshot, chainId);
    } catch (error) {
      // Another build has made the same layer in this moment.
      if (!isKind(error, "conflict")) throw error;
    }
  }
}
