import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import type { ImageHistory, ImageRunConfig } from "../oci/image-config.ts";
import type { Platform } from "../oci/platform.ts";
import type { LayerChange } from "../snapshots/layer-changes.ts";
import type { PulledImage, PullOptions, PullTarget } from "./pull/pull-options.ts";
import type { PushOptions, PushTarget } from "./push/push-options.ts";
import type { LayerUsage } from "./stored-bytes.ts";
import type { StoredImage } from "./stored-image.ts";

export interface LoadProgress {
  readonly id?: string;
  readonly status: string;
  readonly current?: number;
  readonly total?: number;
}

/** What became of one image of an archive. */
export interface LoadedImage {
  readonly image: StoredImage;
  /** Familiar tags that now point at it; empty for an image loaded by id only. */
  readonly tags: readonly string[];
}

export interface RemovalStep {
  readonly untagged?: string;
  readonly deleted?: string;
}

/** What a new image made on this machine is: its parent's layers plus perhaps one more. */
export interface NewImage {
  readonly parent?: Digest;
  /** A tar of the new layer (OCI whiteouts); absent for a configuration-only step. */
  readonly layer?: ReadableStream<Uint8Array>;
  readonly runConfig: ImageRunConfig;
  readonly platform: Platform;
  readonly author?: string;
  readonly comment?: string;
  readonly history: ImageHistory;
}

export interface ImageStore {
  list(): Promise<StoredImage[]>;
  get(id: Digest): Promise<StoredImage | undefined>;
  /**
   * Finds by `name[:tag]`, `name@digest`, id, or unique id prefix. Throws `not_found`
   * with Docker's words (`No such image: x:latest`), `conflict` for an ambiguous prefix.
   */
  find(nameOrId: string, platform?: Platform): Promise<StoredImage>;
  tag(id: Digest, reference: string): Promise<void>;
  /**
   * Untags or deletes as `docker rmi` does. `usedBy` tells which containers hold an image
   * (names for the message, running or not); refusals throw `conflict` with Docker's words.
   */
  remove(
    nameOrId: string,
    options: {
      force: boolean;
      prune: boolean;
      usedBy: (id: Digest) => readonly { id: string; name: string; running: boolean }[];
    },
  ): Promise<RemovalStep[]>;
  /** Reads a docker-archive or an OCI layout, tarred, perhaps compressed. All or nothing per image. */
  load(
    archive: ReadableStream<Uint8Array>,
    options: { onProgress?: (progress: LoadProgress) => void; platform?: Platform; signal?: AbortSignal },
  ): Promise<LoadedImage[]>;
  /** A tar that is docker-archive and OCI layout at once. */
  save(references: readonly string[], platform?: Platform): Promise<ReadableStream<Uint8Array>>;
  /** Brings what a tag or a digest of a registry names, and names it here. */
  pull(target: PullTarget, options: PullOptions): Promise<PulledImage>;
  /** Sends the image of a tag to a registry; gives back what stands there under the tag now. */
  push(target: PushTarget, platform: Platform | undefined, options: PushOptions): Promise<Descriptor>;
  /** Tags of a repository (`docker.io/library/busybox`). */
  tagsOf(repository: string): string[];
  create(image: NewImage, signal?: AbortSignal): Promise<StoredImage>;
  /** Makes sure the layers are unpacked as snapshots; returns the chain id to prepare on. */
  unpacked(image: StoredImage): Promise<Digest | undefined>;
  /** What a container's writable snapshot changes of its image, as `docker diff` lists it. */
  changes(key: string): Promise<readonly LayerChange[]>;
  /** What a container's writable snapshot adds to its image, as a layer tar (OCI whiteouts). */
  exportLayer(key: string): Promise<ReadableStream<Uint8Array>>;
  /** Unpacked bytes of each layer, bottom first. */
  layerSizes(image: StoredImage): Promise<readonly number[]>;
  /** What images take on disk, in all and each, for `system df`. */
  usage(): Promise<LayerUsage>;
  /** Deletes blobs and snapshots that no image refers to; safe beside running loads. */
  collectGarbage(): Promise<void>;
}
