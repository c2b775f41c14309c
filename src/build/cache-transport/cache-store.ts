import type { Descriptor } from "../../oci/descriptor.ts";
import type { Digest } from "../../oci/digest.ts";

/** A place that keeps a cache: one manifest, and the blobs it names. */
export interface CacheStore {
  manifest(signal: AbortSignal): Promise<CacheManifest>;
  /** The bytes are not verified yet. */
  blob(digest: Digest, signal: AbortSignal): AsyncIterable<Uint8Array>;
  putBlob(blob: Descriptor, open: BlobOpener, signal: AbortSignal): Promise<void>;
  /** Last: what it names is there. */
  putManifest(manifest: CacheManifest & { readonly digest: Digest }, signal: AbortSignal): Promise<void>;
}

export interface CacheManifest {
  readonly raw: Uint8Array;
  readonly mediaType: string;
}

export type BlobOpener = (offset: number) => ReadableStream<Uint8Array>;
