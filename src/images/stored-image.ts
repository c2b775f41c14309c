import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import type { ImageConfig } from "../oci/image-config.ts";

/** An image as the rest of the engine sees it: record, parsed config and layers together. */
export interface StoredImage {
  readonly id: Digest;
  readonly created: string;
  readonly config: ImageConfig;
  readonly rawConfig: Uint8Array;
  readonly manifest: Descriptor;
  readonly layers: readonly Descriptor[];
  /** Chain id of all layers: the snapshot a container stands on. Undefined for an image without layers. */
  readonly chainId: Digest | undefined;
  /** Bytes of all layers unpacked. */
  readonly size: number;
  /** Familiar names: `busybox:latest`. */
  readonly tags: readonly string[];
  /** Familiar digests: `busybox@sha256:…`. */
  readonly repoDigests: readonly string[];
  readonly parent?: Digest;
  readonly lastTagged?: string;
}

/** Bytes of an image's blobs: manifest, configuration and layers. */
export function contentSize({ manifest, rawConfig, layers }: StoredImage): number {
  return layers.reduce((sum, { size }) => sum + size, manifest.size + rawConfig.length);
}
