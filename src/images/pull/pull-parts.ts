import type { ContentStore } from "../../content/content-store.ts";
import type { Digest } from "../../oci/digest.ts";
import type { Snapshotter } from "../../snapshots/snapshotter.ts";
import type { ImageCatalog } from "../image-catalog.ts";
import type { ImageTags } from "../image-tags.ts";
import type { Pins } from "../pins.ts";
import type { LayerUnpacker } from "../unpack/layer-unpacker.ts";
import type { BlobDownloads } from "./blob-downloads.ts";
import type { LayerUnpacks } from "./layer-unpacks.ts";

/** What one image store lends to all of its pulls. */
export interface PullParts {
  readonly content: ContentStore;
  readonly snapshots: Snapshotter;
  readonly catalog: ImageCatalog;
  readonly unpacker: LayerUnpacker;
  readonly tags: ImageTags;
  readonly pins: Pins;
  readonly downloads: BlobDownloads;
  readonly unpacks: LayerUnpacks;
  /** Deletes what nobody uses of these blobs and of this stack of layers. */
  readonly discard: (blobs: readonly Digest[], chain: readonly Digest[]) => Promise<void>;
}
