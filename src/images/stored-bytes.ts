import type { Digest } from "../oci/digest.ts";

/** Bytes of an image that other images have too, and bytes that go when it goes. */
export interface SharedAndUnique {
  readonly shared: number;
  readonly unique: number;
}

export interface LayerUsage {
  /** All that is stored for images: unpacked layers and blobs, each once. */
  readonly stored: number;
  /** Bytes that would go with these images: what no other image has. */
  onlyOf(images: ReadonlySet<Digest>): number;
  readonly images: ReadonlyMap<
    Digest,
    { readonly unpacked: SharedAndUnique; readonly stored: SharedAndUnique }
  >;
}
