import type { ContentStore } from "../../content/content-store.ts";
import type { Snapshotter } from "../../snapshots/snapshotter.ts";
import type { ImageCatalog } from "../image-catalog.ts";
import type { ImageTags } from "../image-tags.ts";
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
  readonly downloads: BlobDownloads;
  readonly unpacks: LayerUnpacks;
}
