import type { ContentStore } from "../content/content-store.ts";
import { messageOf } from "../errors/engine-error.ts";
import { log } from "../lib/log.ts";
import { chainIds } from "../oci/chain-id.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import type { ImageConfig } from "../oci/image-config.ts";
import { parseManifest } from "../oci/manifest.ts";
import { parseImageConfig } from "../oci/parse-config.ts";
import { familiarReference, parseReference } from "../oci/reference.ts";
import type { ImageRecord, ReferenceRecord } from "../records/image-record.ts";
import type { ImageTable } from "../records/records.ts";
import type { Snapshotter } from "../snapshots/snapshotter.ts";
import type { StoredImage } from "./stored-image.ts";

/** What the blobs of an image say; it never changes, so it is read once. */
export interface ImageDetails {
  readonly config: ImageConfig;
  readonly rawConfig: Uint8Array;
  readonly manifest: Descriptor;
  readonly configDescriptor: Descriptor;
  readonly layers: readonly Descriptor[];
  /** Chain id of each layer, lowest first. */
  readonly chain: readonly Digest[];
}

/**
 * The images there are, and which blobs and layers they use. The counts are kept beside the
 * records (this engine is their only writer), so that deleting asks memory, at once and exactly.
 */
export class ImageCatalog {
  readonly #content: ContentStore;
  readonly #snapshots: Snapshotter;
  readonly table: ImageTable;
  readonly #details = new Map<Digest, ImageDetails>();
  /** Apart: the chain id of a lowest layer is also the digest of its plain tar. */
  readonly #blobUses = new Map<Digest, number>();
  readonly #layerUses = new Map<Digest, number>();
  #loading: Promise<void> | undefined;

  constructor(content: ContentStore, snapshots: Snapshotter, table: ImageTable) {
    this.#content = content;
    this.#snapshots = snapshots;
    this.table = table;
  }

  /** Reads what all recorded images use; everything else here waits for it. */
  async ready(): Promise<void> {
    this.#loading ??= this.#load();
    await this.#loading;
  }

  async #load(): Promise<void> {
    for (const record of this.table.list()) {
      try {
        const details = await this.#read(record);
        this.#details.set(record.id, details);
        this.#count(details, 1);
      } catch (error) {
        log.error("image cannot be read", { id: record.id, error: messageOf(error) });
      }
    }
  }

  isBlobUsed(digest: Digest): boolean {
    return this.#blobUses.has(digest);
  }

  /** By chain id. */
  isLayerUsed(chainId: Digest): boolean {
    return this.#layerUses.has(chainId);
  }

  async list(): Promise<StoredImage[]> {
    await this.ready();
    const references = this.#referencesByImage();
    const images: StoredImage[] = [];
    for (const record of this.table.list()) {
      const details = this.#details.get(record.id);
      if (details) images.push(await this.#stored(record, details, references.get(record.id) ?? []));
    }
    return images;
  }

  async get(id: Digest): Promise<StoredImage | undefined> {
    await this.ready();
    const record = this.table.get(id);
    const details = this.#details.get(id);
    if (!record || !details) return undefined;
    return this.#stored(record, details, this.#referencesByImage().get(id) ?? []);
  }

  details(id: Digest): ImageDetails | undefined {
    return this.#details.get(id);
  }

  /** A layer of some image that unpacks to this, as it is stored. */
  layerWith(diffId: Digest): Descriptor | undefined {
    for (const { config, layers } of this.#details.values()) {
      const index = config.rootfs.diff_ids.indexOf(diffId);
      if (index >= 0) return layers[index];
    }
    return undefined;
  }

  /** Writes the record. Blobs and layers must be there and pinned: the record comes last. */
  async add(record: ImageRecord): Promise<void> {
    await this.ready();
    this.#put(record, await this.#read(record));
  }

  /**
   * Gives an image another manifest, of the same configuration, in the place of the one in
   * `instead`; false when it has become another one since, or is gone.
   */
  async replaceManifest(
    id: Digest,
    manifest: Pick<Descriptor, "digest" | "mediaType">,
    instead: ImageDetails,
  ): Promise<boolean> {
    const change = { manifest: manifest.digest, manifestMediaType: manifest.mediaType };
    const details = await this.#read({ id, created: "", ...change });
    // Nothing is awaited from here on: what is compared is what is replaced.
    const record = this.table.get(id);
    if (!record || this.#details.get(id) !== instead) return false;
    this.#put({ ...record, ...change }, details);
    return true;
  }

  #put(record: ImageRecord, details: ImageDetails): void {
    const before = this.#details.get(record.id);
    this.table.put(record);
    this.#details.set(record.id, details);
    this.#count(details, 1);
    if (before) this.#count(before, -1);
  }

  /** Forgets the image; gives back what nobody uses any more: blobs, and layers topmost first. */
  drop(id: Digest): { blobs: Digest[]; layers: Digest[] } {
    const details = this.#details.get(id);
    this.table.remove(id);
    this.#details.delete(id);
    if (!details) return { blobs: [], layers: [] };
    this.#count(details, -1);
    return {
      blobs: [...new Set(blobsOf(details))].filter((digest) => !this.isBlobUsed(digest)),
      layers: details.chain.toReversed().filter((chainId) => !this.isLayerUsed(chainId)),
    };
  }

  #count(details: ImageDetails, by: 1 | -1): void {
    countUses(this.#blobUses, blobsOf(details), by);
    countUses(this.#layerUses, details.chain, by);
  }

  async #read(record: ImageRecord): Promise<ImageDetails> {
    const raw = await this.#content.read(record.manifest);
    const parsed = parseManifest(raw, record.manifestMediaType);
    if (parsed.kind !== "manifest") throw new Error(`${record.manifest} is an index, not an image`);
    const rawConfig = await this.#content.read(parsed.manifest.config.digest);
    const config = parseImageConfig(rawConfig);
    return {
      config,
      rawConfig,
      manifest: { mediaType: record.manifestMediaType, digest: record.manifest, size: raw.length },
      configDescriptor: parsed.manifest.config,
      layers: parsed.manifest.layers,
      chain: chainIds(config.rootfs.diff_ids),
    };
  }

  #referencesByImage(): Map<Digest, ReferenceRecord[]> {
    const byImage = new Map<Digest, ReferenceRecord[]>();
    for (const reference of this.table.references()) {
      const list = byImage.get(reference.image);
      if (list) list.push(reference);
      else byImage.set(reference.image, [reference]);
    }
    return byImage;
  }

  async #stored(
    record: ImageRecord,
    details: ImageDetails,
    references: readonly ReferenceRecord[],
  ): Promise<StoredImage> {
    const names = references.map(({ name }) => parseReference(name));
    const familiar = (list: typeof names) => list.map(familiarReference).sort();
    return {
      id: record.id,
      created: record.created,
      config: details.config,
      rawConfig: details.rawConfig,
      manifest: details.manifest,
      layers: details.layers,
      chainId: details.chain.at(-1),
      size: await this.#sizeOf(details),
      tags: familiar(names.filter(({ digest }) => digest === undefined)),
      repoDigests: familiar(names.filter(({ digest }) => digest !== undefined)),
      ...(record.parent && { parent: record.parent }),
      ...(record.lastTagged && { lastTagged: record.lastTagged }),
    };
  }

  async #sizeOf(details: ImageDetails): Promise<number> {
    let size = 0;
    for (const chainId of details.chain) size += await this.layerSize(chainId);
    return size;
  }

  /** Bytes a layer unpacks to; 0 while it is not unpacked. */
  async layerSize(chainId: Digest): Promise<number> {
    if (!(await this.#snapshots.stat(chainId))) return 0;
    return (await this.#snapshots.usage(chainId)).bytes;
  }
}

function countUses(uses: Map<Digest, number>, digests: readonly Digest[], by: 1 | -1): void {
  for (const digest of digests) {
    const count = (uses.get(digest) ?? 0) + by;
    if (count > 0) uses.set(digest, count);
    else uses.delete(digest);
  }
}

export function blobsWithSizes({ manifest, configDescriptor, layers }: ImageDetails): Descriptor[] {
  return [manifest, configDescriptor, ...layers];
}

export function blobsOf(details: ImageDetails): Digest[] {
  return blobsWithSizes(details).map(({ digest }) => digest);
}
