import type { ContentStore } from "../content/content-store.ts";
import { failpoint } from "../lib/failpoint.ts";
import type { Digest } from "../oci/digest.ts";
import type { ImageTable } from "../records/records.ts";
import type { Snapshotter } from "../snapshots/snapshotter.ts";
import { namesOf } from "../snapshots/whole-snapshots.ts";
import type { ImageCatalog } from "./image-catalog.ts";
import type { PinGroup, Pins } from "./pins.ts";

interface ImageWorld {
  readonly content: ContentStore;
  readonly snapshots: Snapshotter;
  readonly table: ImageTable;
  readonly catalog: ImageCatalog;
  readonly pins: Pins;
}

/** Deletes blobs and layers, and only those that no image names and no work in progress needs. */
export class UnusedContent {
  readonly #world: ImageWorld;

  constructor(world: ImageWorld) {
    this.#world = world;
  }

  async deleteBlob(blob: Digest): Promise<void> {
    await this.#world.content.delete(blob);
    this.#world.table.forgetSources(blob);
  }

  isFreeBlob(digest: Digest): boolean {
    return !this.#world.catalog.isBlobUsed(digest) && !this.#world.pins.isPinned(digest);
  }

  isFreeLayer(chainId: Digest): boolean {
    return !this.#world.catalog.isLayerUsed(chainId) && !this.#world.pins.isPinned(chainId);
  }

  /** Record first: what is left over by a crash behind it is garbage, never a broken image. */
  async deleteImage(id: Digest): Promise<Digest[]> {
    const { blobs, layers } = this.#world.catalog.drop(id);
    await failpoint("image.delete");
    return this.#dropFree(blobs, layers);
  }

  /** Whatever work brought here that no image names in the end goes again: what a failed load left, too. */
  async leavingNothing<T>(work: (pins: PinGroup) => Promise<T>): Promise<T> {
    const pins = this.#world.pins.group();
    try {
      return await work(pins);
    } finally {
      await this.letGo(pins);
    }
  }

  /** Ends work that pinned things: those that no image names go. */
  async letGo(pins: PinGroup): Promise<void> {
    const { names } = pins;
    pins[Symbol.dispose]();
    await this.#dropFree(names, names.toReversed());
  }

  /** `layers`: the upper ones first. Gives back those that went. */
  async #dropFree(blobs: Iterable<Digest>, layers: Iterable<Digest>): Promise<Digest[]> {
    for (const blob of blobs) if (this.isFreeBlob(blob)) await this.deleteBlob(blob);
    const gone: Digest[] = [];
    for (const layer of layers) {
      const all = await this.#world.snapshots.list();
      const snapshot = all.find(
        ({ kind, ...names }) => kind === "committed" && namesOf(names).includes(layer),
      );
      // A container made from it in this moment stands on it: then it stays with the container. Where
      // the build cache has it as well, only the name goes.
      const isStoodOn = !snapshot?.others && all.some(({ parent }) => parent === layer);
      // Asked last: whoever pins it from now on finds it gone.
      if (!snapshot || isStoodOn || !this.isFreeLayer(layer)) continue;
      await this.#world.snapshots.remove(layer);
      gone.push(layer);
    }
    return gone;
  }
}
