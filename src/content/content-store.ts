import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";

export interface BlobInfo {
  readonly digest: Digest;
  readonly size: number;
}

/**
 * Bytes by digest. A blob is being written (`ingest`, known by a ref) or committed
 * (known by its digest); what is not committed cannot be read. A ref that was disposed
 * keeps its partial bytes, so that the same ref goes on where it stopped.
 */
export interface ContentStore {
  stat(digest: Digest): Promise<BlobInfo | undefined>;
  /** Reads a committed blob, or `length` bytes of it from `offset`. Throws `not_found`. */
  open(digest: Digest, range?: { offset: number; length?: number }): ReadableStream<Uint8Array>;
  read(digest: Digest): Promise<Uint8Array>;
  /** The file a committed blob is in, for handing to the kernel. */
  pathOf(digest: Digest): string;
  /** `resumable`: what is left of it outlives `dropPartial` for a day. */
  ingest(ref: string, options?: { readonly resumable?: boolean }): Promise<BlobWriter>;
  /** Writes a whole small blob. */
  put(bytes: Uint8Array, expect?: Pick<Descriptor, "digest" | "size">): Promise<BlobInfo>;
  list(): AsyncIterable<BlobInfo>;
  delete(digest: Digest): Promise<void>;
  /** Drops partial writes that nobody is going on with, resumable ones when they are old. Returns how many went. */
  dropPartial(): Promise<number>;
  /** Bytes the place it is in has left. */
  freeBytes(): Promise<number>;
}

export interface BlobWriter extends AsyncDisposable {
  /** Bytes already written, from an earlier attempt too. */
  readonly offset: number;
  write(chunk: Uint8Array): Promise<void>;
  /**
   * Reads along while it is written: everything from the first byte, waiting for more until
   * the writer is sealed. A writer that is given up before that makes it throw.
   */
  follow(): AsyncIterable<Uint8Array>;
  /** The end: checks digest and size and syncs; `commit` then only makes it visible. A mismatch drops the bytes and throws. */
  seal(expect?: { digest?: Digest; size?: number }): Promise<BlobInfo>;
  /** Seals, if that was not done, and makes the blob visible. */
  commit(expect?: { digest?: Digest; size?: number }): Promise<BlobInfo>;
  abort(): Promise<void>;
}
