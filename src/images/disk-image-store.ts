import type { ContentStore } from "../content/content-store.ts";
import { internal, invalidArgument, notFound } from "../errors/engine-error.ts";
import { chainIds } from "../oci/chain-id.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { formatPlatform, type Platform } from "../oci/platform.ts";
import { parseReference, withDefaultTag } from "../oci/reference.ts";
import type { ImageTable } from "../records/records.ts";
import type { LayerChange } from "../snapshots/layer-changes.ts";
import type { Snapshotter } from "../snapshots/snapshotter.ts";
import { imagesToSave } from "./archive/images-to-save.ts";
import { loadArchive } from "./archive/load-archive.ts";
import { saveArchive } from "./archive/save-archive.ts";
import { collectGarbage } from "./collect-garbage.ts";
import { type ComposingImageStore, ImageComposer } from "./compose/image-composer.ts";
import { LayerPacks } from "./compose/layer-packs.ts";
import { createImage } from "./create-image.ts";
import { diffOfSnapshot, exportLayer } from "./export/export-layer.ts";
import { findImage, fits } from "./find-image.ts";
import { blobsOf, ImageCatalog } from "./image-catalog.ts";
import type { LoadedImage, LoadProgress, NewImage, RemovalStep } from "./image-store.ts";
import { ImageTags } from "./image-tags.ts";
import { layerUsage } from "./layer-usage.ts";
import { Pins } from "./pins.ts";
import { BlobDownloads } from "./pull/blob-downloads.ts";
import { LayerUnpacks } from "./pull/layer-unpacks.ts";
import { pullImage } from "./pull/pull-image.ts";
import type { PulledImage, PullOptions, PullTarget } from "./pull/pull-options.ts";
import { pushByName } from "./push/push-by-name.ts";
import type { PushOptions, PushTarget } from "./push/push-options.ts";
import { type ImageUser, removeImage } from "./remove-image.ts";
import type { LayerUsage } from "./stored-bytes.ts";
import type { StoredImage } from "./stored-image.ts";
import { LayerUnpacker } from "./unpack/layer-unpacker.ts";
import { UnusedContent } from "./unused-content.ts";

export interface ImageStoreParts {
  readonly content: ContentStore;
  readonly snapshots: Snapshotter;
  readonly table: ImageTable;
}

/** Images in the content store, unpacked as snapshots, named in the records. */
export class DiskImageStore implements ComposingImageStore {
  readonly #content: ContentStore;
  readonly #snapshots: Snapshotter;
  readonly #table: ImageTable;
  readonly #catalog: ImageCatalog;
  readonly #unpacker: LayerUnpacker;
  readonly #tags: ImageTags;
  readonly #pins = new Pins();
  readonly #unused: UnusedContent;
  readonly #downloads: BlobDownloads;
  readonly #unpacks: LayerUnpacks;
  readonly #packs: LayerPacks;

  constructor({ content, snapshots, table }: ImageStoreParts) {
    this.#content = content;
    this.#snapshots = snapshots;
    this.#table = table;
    this.#catalog = new ImageCatalog(content, snapshots, table);
    this.#unpacker = new LayerUnpacker(content, snapshots);
    this.#unused = new UnusedContent({ content, snapshots, table, catalog: this.#catalog, pins: this.#pins });
    this.#downloads = new BlobDownloads(content);
    this.#unpacks = new LayerUnpacks(content, snapshots, this.#unpacker);
    this.#packs = new LayerPacks(content, snapshots, this.#catalog);
    this.#tags = new ImageTags(table, (image) => {
      const details = this.#catalog.details(image);
      return details ? blobsOf(details) : [];
    });
  }

  async list(): Promise<StoredImage[]> {
    return this.#catalog.list();
  }

  async get(id: Digest): Promise<StoredImage | undefined> {
    return this.#catalog.get(id);
  }

  async find(nameOrId: string, platform?: Platform): Promise<StoredImage> {
    const image = await this.#catalog.get(findImage(nameOrId, this.#table, this.#tags));
    if (!image) throw internal(`the content of image "${nameOrId}" is damaged: load it again`);
    if (platform && !fits(image.config, platform))
      throw notFound(
        `image with reference ${nameOrId} was found but does not provide the specified platform (${formatPlatform(platform)})`,
      );
    return image;
  }

  async tag(id: Digest, reference: string): Promise<void> {
    const parsed = parseReference(reference);
    if (parsed.digest !== undefined)
      throw invalidArgument("refusing to create a tag with a digest reference");
    if (!this.#table.get(id)) throw notFound(`No such image: ${id}`);
    await this.#tags.set(id, withDefaultTag(parsed));
  }

  async remove(
    nameOrId: string,
    options: { force: boolean; prune: boolean; usedBy: (id: Digest) => readonly ImageUser[] },
  ): Promise<RemovalStep[]> {
    await this.#catalog.ready();
    const id = findImage(nameOrId, this.#table, this.#tags);
    return removeImage(id, nameOrId, options, {
      tags: this.#tags,
      usedBy: options.usedBy,
      childrenOf: (image) =>
        this.#table
          .list()
          .filter(({ parent }) => parent === image)
          .map((record) => record.id),
      parentOf: (image) => {
        const parent = this.#table.get(image)?.parent;
        return parent !== undefined && this.#table.get(parent) ? parent : undefined;
      },
      delete: (image) => this.#unused.deleteImage(image),
    });
  }

  async load(
    archive: ReadableStream<Uint8Array>,
    options: {
      onProgress?: (progress: LoadProgress) => void;
      platform?: Platform;
      signal?: AbortSignal;
    } = {},
  ): Promise<LoadedImage[]> {
    const parts = {
      content: this.#content,
      catalog: this.#catalog,
      unpacker: this.#unpacker,
      tags: this.#tags,
    };
    return this.#unused.leavingNothing((pins) => loadArchive(archive, { ...parts, pins }, options));
  }

  async save(references: readonly string[], platform?: Platform): Promise<ReadableStream<Uint8Array>> {
    await this.#catalog.ready();
    const images = imagesToSave(references, platform, this.#catalog, this.#tags);
    const pins = this.#pins.group();
    for (const { details } of images) pins.add(...blobsOf(details));
    return saveArchive(images, this.#content, () => pins[Symbol.dispose]());
  }

  async push(target: PushTarget, platform: Platform | undefined, options: PushOptions): Promise<Descriptor> {
    const discard = async (blob: Digest) => {
      if (this.#unused.isFreeBlob(blob)) await this.#unused.deleteBlob(blob);
    };
    const world = {
      content: this.#content,
      table: this.#table,
      catalog: this.#catalog,
      tags: this.#tags,
      pins: this.#pins,
      discard,
    };
    return await this.#unused.leavingNothing((pins) => pushByName(target, platform, world, options, pins));
  }

  async pull(target: PullTarget, options: PullOptions): Promise<PulledImage> {
    const parts = {
      content: this.#content,
      snapshots: this.#snapshots,
      catalog: this.#catalog,
      unpacker: this.#unpacker,
      tags: this.#tags,
      pins: this.#pins,
      downloads: this.#downloads,
      unpacks: this.#unpacks,
    };
    return await this.#unused.leavingNothing((pins) => pullImage(target, parts, options, pins));
  }

  tagsOf(repository: string): string[] {
    return this.#tags.ofRepository(repository).flatMap(({ reference: { tag } }) => tag ?? []);
  }

  async create(image: NewImage, signal?: AbortSignal): Promise<StoredImage> {
    const parts = { content: this.#content, catalog: this.#catalog, unpacker: this.#unpacker };
    const id = await this.#unused.leavingNothing((pins) => createImage(image, { ...parts, pins }, signal));
    const stored = await this.#catalog.get(id);
    if (!stored) throw internal(`image ${id} was removed while it was made`);
    return stored;
  }

  composer(): ImageComposer {
    const pins = this.#pins.group();
    return new ImageComposer({
      content: this.#content,
      snapshots: this.#snapshots,
      catalog: this.#catalog,
      unpacker: this.#unpacker,
      packs: this.#packs,
      pins,
      dropUnused: () => this.#unused.letGo(pins),
    });
  }

  async unpacked(image: StoredImage): Promise<Digest | undefined> {
    if (image.chainId === undefined || (await this.#snapshots.stat(image.chainId))) return image.chainId;
    using pins = this.#pins.group();
    const diffIds = image.config.rootfs.diff_ids;
    // Asked again: a push may have put compressed blobs in the place of plain ones.
    const blobs = this.#catalog.details(image.id)?.layers ?? image.layers;
    const layers = blobs.map(({ digest }, index) => ({
      blob: digest,
      diffId: diffIds[index] ?? digest,
    }));
    const chain = await this.#unpacker.unpackAll(layers, { pins });
    return chain.at(-1);
  }

  changes(key: string): Promise<LayerChange[]> {
    return diffOfSnapshot(this.#snapshots, key);
  }

  async exportLayer(key: string): Promise<ReadableStream<Uint8Array>> {
    if (!(await this.#snapshots.stat(key))) throw notFound(`snapshot "${key}" does not exist`);
    return exportLayer(this.#snapshots, key);
  }

  async layerSizes(image: StoredImage): Promise<readonly number[]> {
    return Promise.all(chainIds(image.config.rootfs.diff_ids).map((layer) => this.#catalog.layerSize(layer)));
  }

  async usage(): Promise<LayerUsage> {
    await this.#catalog.ready();
    return layerUsage(this.#catalog);
  }

  async collectGarbage(): Promise<void> {
    await this.#catalog.ready();
    await collectGarbage({
      content: this.#content,
      snapshots: this.#snapshots,
      isFreeBlob: (digest) => this.#unused.isFreeBlob(digest),
      isFreeLayer: (chainId) => this.#unused.isFreeLayer(chainId),
      // A blob of unknown digest may just be arriving.
      isIdle: () => this.#pins.isIdle,
    });
  }
}

/** Opens the image store on its three legs. */
export function openImageStore(parts: ImageStoreParts): DiskImageStore {
  return new DiskImageStore(parts);
}
