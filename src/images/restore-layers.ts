import { messageOf } from "../errors/engine-error.ts";
import { log } from "../lib/log.ts";
import type { Snapshotter } from "../snapshots/snapshotter.ts";
import type { ImageStore } from "./image-store.ts";

/**
 * Unpacks again what a loss of power took: images keep their blobs, and containers find the
 * layers they stand on by name. Before containers are looked at.
 */
export async function restoreLayers(images: ImageStore, snapshots: Snapshotter): Promise<void> {
  for (const image of await images.list()) {
    if (image.chainId === undefined || (await snapshots.stat(image.chainId))) continue;
    try {
      await images.unpacked(image);
      log.info("unpacked an image again", { image: image.id });
    } catch (error) {
      log.warn(`cannot unpack an image again: ${messageOf(error)}`, { image: image.id });
    }
  }
}
