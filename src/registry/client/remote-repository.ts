import type { Descriptor } from "../../oci/descriptor.ts";
import type { Digest } from "../../oci/digest.ts";

/** A manifest as a registry gave it: the exact bytes, already held against their digest. */
export interface RemoteManifest {
  readonly descriptor: Descriptor;
  readonly raw: Uint8Array;
}

export interface BlobRange {
  /** Where the stream begins: what was asked for, or 0 when the registry knows no ranges. */
  readonly offset: number;
  /** Size of the whole blob as the registry tells it, when it does. */
  readonly size: number | undefined;
  readonly bytes: ReadableStream<Uint8Array>;
}

export interface BlobUpload {
  /** Bytes of a whole blob from an offset; called again when an upload is resumed or retried. */
  readonly open: (offset: number) => ReadableStream<Uint8Array>;
  /** Send in pieces of this size; absent: one request for the whole. */
  readonly chunkSize?: number;
  readonly onProgress?: (sent: number) => void;
}

/**
 * One repository on one registry (a mirror counts as one of its own), with trust and credentials
 * settled: what pulling, pushing and asking about images talk to. Failures are `EngineError`s
 * with Docker's words where clients know them; each method retries by itself what a retry can help.
 */
export interface RemoteRepository {
  /** Tag or digest. Bytes that do not fit an asked digest throw. */
  manifest(reference: string, signal: AbortSignal): Promise<RemoteManifest>;
  /** What a tag or digest points at, without the bytes where the registry tells; undefined: not there. */
  describe(reference: string, signal: AbortSignal): Promise<Descriptor | undefined>;
  putManifest(
    reference: string,
    manifest: { raw: Uint8Array; mediaType: string },
    signal: AbortSignal,
  ): Promise<Digest>;
  /**
   * From an offset, for a download to be resumed. Not verified: who stores it does that.
   * `once`: who asks goes on by itself after a failure, and counts.
   */
  blob(
    digest: Digest,
    offset: number,
    signal: AbortSignal,
    options?: { readonly once?: boolean },
  ): Promise<BlobRange>;
  hasBlob(digest: Digest, signal: AbortSignal): Promise<boolean>;
  /** True when the registry took the blob over from another of its repositories without a byte sent. */
  mountBlob(digest: Digest, from: string, signal: AbortSignal): Promise<boolean>;
  uploadBlob(blob: { digest: Digest; size: number }, upload: BlobUpload, signal: AbortSignal): Promise<void>;
  /** All tags, page by page. */
  tags(signal: AbortSignal): AsyncIterable<string>;
}
