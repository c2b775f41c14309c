import type { ContentStore } from "../../content/content-store.ts";
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

  async #known(snapshot: string, pins: PinGroup): Promise<PackedLayer | undefined> {
    const diffId = (await this.#snapshots.stat(snapshot))?.diffId;
    if (diffId === undefined) return undefined;
    const plain = { mediaType: mediaTypes.ociLayer, digest: diffId, size: 1024 };
    if (diffId === emptyDiffId) return { diffId, descriptor: plain, isEmpty: true };
    pins.add(diffId);
    const blob = await this.#content.stat(diffId);
    if (blob) return { diffId, descriptor: { ...plain, size: blob.size }, isEmpty: false };
    await this.#catalog.ready();
    const descriptor = this.#catalog.layerWith(diffId);
    if (!descriptor) return undefined;
    pins.add(descriptor.digest);
    return (await this.#content.stat(descriptor.digest)) && { diffId, descriptor, isEmpty: false };
  }

  async #pack(snapshot: string, signal: AbortSignal): Promise<PackedLayer> {
    return await span("image.pack", async () => {
      const { upper, lowers } = await snapshotDirectories(this.#snapshots, snapshot);
      const changes = await layerChanges(upper, lowers);
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
  await using writer = await content.ingest(`pack-${crypto.randomUUID()}`);
  try {
    for await (const chunk of tar) {
      if (signal.aborted) throw cancelled("packing a layer was cancelled", signal.reason);
      await writer.write(chunk);
    }
    return { mediaType: mediaTypes.ociLayer, ...(await writer.commit()) };
  } catch (error) {
    await writer.abort();
    throw error;
  }
}
