import type { Digest } from "../../../oci/digest.ts";

export type DigestAlgorithm = "sha256" | "sha512";

/** Where the bytes of a registry are: whole blobs, blobs on their way, and small records. */
export interface RegistryStorage {
  readonly blobs: BlobStorage;
  readonly records: RecordStore;
  /** Writes, reads and removes a little; throws when that does not go well. */
  check(): Promise<void>;
}

/** Names one upload in storage; made by `uploadKey` from the repository and the id, never by hand. */
export type UploadKey = string & { readonly __brand: "UploadKey" };

/** Pieces of a stream. A piece may be overwritten as soon as the next one is asked for. */
export type Pieces = AsyncIterable<Uint8Array>;

export interface StoredBlob {
  readonly digest: Digest;
  readonly modified: Date;
}

/** Blobs of all repositories by digest: who may see which is not decided here. */
export interface BlobStorage {
  size(digest: Digest): Promise<number | undefined>;
  /** Bytes from `offset` up to, not including, `end`. */
  read(digest: Digest, offset: number, end: number): Pieces;
  delete(digest: Digest): Promise<void>;
  list(): AsyncIterable<StoredBlob>;

  createUpload(key: UploadKey, algorithm: DigestAlgorithm): Promise<void>;
  /** Bytes that are there to go on from; undefined when there is no such upload. */
  uploadOffset(key: UploadKey): Promise<number | undefined>;
  /** To append; also what an earlier process left. One writer at a time. Throws BLOB_UPLOAD_UNKNOWN. */
  openUpload(key: UploadKey): Promise<UploadWriter>;
  /** Bytes of an upload below its `readable`. */
  readUpload(key: UploadKey, offset: number, end: number): Pieces;
  /** False when there was none. */
  deleteUpload(key: UploadKey): Promise<boolean>;
  uploads(): AsyncIterable<{ readonly key: UploadKey; readonly modified: Date }>;
  /** Removes what belongs to no blob and no upload and is older than that; says how many went. */
  removeLeftovers(before: Date, dryRun: boolean): Promise<number>;
}

export interface UploadWriter extends AsyncDisposable {
  /** Bytes taken so far, in earlier requests too. */
  readonly offset: number;
  /** Bytes that `readUpload` can see; behind `offset` by what still waits to be written. */
  readonly readable: number;
  /** The chunk is the writer's from here on. */
  write(chunk: Uint8Array): Promise<void>;
  /**
   * Makes the upload a blob if its bytes have this digest; else the upload is gone and
   * DIGEST_INVALID is thrown. When it returns, the blob survives a crash.
   */
  commit(digest: Digest): Promise<number>;
  abort(): Promise<void>;
  // Disposing without either keeps the bytes for the next writer.
}

/**
 * Small values by key. Keys are made of checked names, slashes separate folders. A put is
 * whole or absent, and lasts when it returns.
 */
export interface RecordStore {
  get(key: string): Promise<Uint8Array | undefined>;
  put(key: string, value: Uint8Array): Promise<void>;
  modified(key: string): Promise<Date | undefined>;
  delete(key: string): Promise<boolean>;
  /** Names right below a folder in the order of their bytes, those behind `after`; folders are left out. */
  list(folder: string, after?: string): AsyncIterable<string>;
}
