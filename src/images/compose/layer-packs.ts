import type { BlobInfo, ContentStore } from "../../content/content-store.ts";
import { cancelled } from "../../errors/engine-error.ts";
import { failpoint } from "../../lib/failpoint.ts";
import { span } from "../../lib/trace.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import { type Digest, sha256 } from "../../oci/digest.ts";
import { mediaTypes } from "../../oci/manifest.ts";
import { unlessAborted } from "../../registry/client/unless-aborted.ts";
import { layerChanges } from "../../snapshots/layer-changes.ts";
import type { Snapshotter } from "../../snapshots/snapshotter.ts";
import { packChanges, snapshotDirectories } from "../export/export-layer.ts";
import type { ImageCatalog } from "../image-catalog.ts";
import type { PinGroup } from "../pins.ts";
import { SharedWork } from "../pull/shared-work.ts";
import { isPlain } from "../push/compress-layers.ts";

export interface PackedLayer {
  readonly diffId: Digest;
  /** The blob that is stored: as it was packed, or compressed for a push since. */
  readonly descriptor: Descriptor;
  /** It changes nothing: images leave it out. */
  readonly isEmpty: boolean;
}

/** The digest of a tar with nothing in it. */
export const emptyDiffId = sha256(new Uint8Array(1024));

/**
 * Layers of committed snapshots as tars in the content store, each packed once however many builds
 * want it at a time. The snapshot notes its digest, so that next time it is enough to look.
 */
export class LayerPacks {
  readonly #content: ContentStore;
  readonly #snapshots: Snapshotter;
  readonly #catalog: ImageCatalog;
  readonly #running = new Map<string, SharedWork<never, PackedLayer>>();
  /** Compressed blobs of layers that no image has yet, by diff-id. */
  readonly #compressed = new Map<Digest, Descriptor>();

  constructor(content: ContentStore, snapshots: Snapshotter, catalog: ImageCatalog) {
    this.#content = content;
    this.#snapshots = snapshots;
    this.#catalog = catalog;
  }

  /** `pins` keep the blob from then on. */
  async pack(snapshot: string, pins: PinGroup, signal: AbortSignal): Promise<PackedLayer> {
    for (;;) {
      const known = await this.#known(snapshot, pins);
      if (known) return known;
      const running = this.#running.get(snapshot);
      const work = running ?? new SharedWork<never, PackedLayer>((_, ended) => this.#pack(snapshot, ended));
      if (!running) this.#running.set(snapshot, work);
      const leave = work.join(() => {});
      try {
        const { diffId } = await unlessAborted(work.result, signal);
        pins.add(diffId);
        // Pinned by the work itself up to here, unless another joiner has left it meanwhile.
        const packed = await this.#known(snapshot, pins);
        if (packed) return packed;
      } finally {
        if (leave() && this.#running.get(snapshot) === work) this.#running.delete(snapshot);
      }
    }
  }

  /** Notes a compressed form of a layer: it is used while it is there. */
  remember(diffId: Digest, descriptor: Descriptor): void {
    this.#compressed.set(diffId, descriptor);
  }

  /** A layer as registries keep it, if there is one; pinned. */
  async compressedOf(diffId: Digest, pins: PinGroup): Promise<Descriptor | undefined> {
    await this.#catalog.ready();
    for (const descriptor of [this.#compressed.get(diffId), this.#catalog.layerWith(diffId)]) {
      if (!descriptor || isPlain(descriptor)) continue;
      pins.add(descriptor.digest);
      if (await this.#content.stat(descriptor.digest)) return descriptor;
    }
    this.#compressed.delete(diffId);
    return undefined;
  }

  async #known(snapshot: string, pins: PinGroup): Promise<PackedLayer | undefined> {
    const diffId = (await this.#snapshots.stat(snapshot))?.diffId;
    if (diffId === undefined) return undefined;
    const plain = { mediaType: mediaTypes.ociLayer, digest: diffId, size: 1024 };
    if (diffId === emptyDiffId) return { diffId, descriptor: plain, isEmpty: true };
    pins.add(diffId);
    const blob = await this.#content.stat(diffId);
    if (blob) return { diffId, descriptor: { ...plain, size: blob.size }, isEmpty: false };
    const descriptor = await this.compressedOf(diffId, pins);
    return descriptor && { diffId, descriptor, isEmpty: false };
  }

  async #pack(snapshot: string, signal: AbortSignal): Promise<PackedLayer> {
    return await span("image.pack", async () => {
      const { upper, lowers } = await snapshotDirectories(this.#snapshots, snapshot);
      const changes = await layerChanges(upper, lowers, { joinAdded: true });
      if (changes.length === 0) {
        await this.#snapshots.setDiffId(snapshot, emptyDiffId);
        return {
          diffId: emptyDiffId,
          descriptor: { mediaType: mediaTypes.ociLayer, digest: emptyDiffId, size: 1024 },
          isEmpty: true,
        };
      }
      const descriptor = await storeLayer(packChanges(upper, changes), this.#content, signal);
      await failpoint("image.pack");
      await this.#snapshots.setDiffId(snapshot, descriptor.digest);
      return { diffId: descriptor.digest, descriptor, isEmpty: false };
    });
  }
}

/** A plain tar into the content store. Who calls holds a group of pins: so long no blob is collected as unknown. */
export async function storeLayer(
  tar: AsyncIterable<Uint8Array>,
  content: ContentStore,
  signal: AbortSignal,
): Promise<Descriptor> {
  return { mediaType: mediaTypes.ociLayer, ...(await storeBlob(tar, content, {}, signal)) };
}

export async function storeBlob(
  bytes: AsyncIterable<Uint8Array>,
  content: ContentStore,
  expect: { readonly digest?: Digest; readonly size?: number },
  signal: AbortSignal,
): Promise<BlobInfo> {
  await using writer = await content.ingest(`compose-${crypto.randomUUID()}`);
  try {
    for await (const chunk of bytes) {
      if (signal.aborted) throw cancelled("storing a layer was cancelled", signal.reason);
      await writer.write(chunk);
    }
    return await writer.commit(expect);
  } catch (error) {
    await writer.abort();
    throw error;
  }
}
