import type { Digest } from "../../oci/digest.ts";
import type { Tag } from "./names.ts";
import type { Repositories } from "./repositories.ts";
import type { Repository, StoredManifest } from "./repository.ts";
import type { Pieces } from "./storage/registry-storage.ts";

export interface BlobContent {
  readonly size: number;
  /** Bytes from `offset` up to, not including, `end`. */
  read(offset: number, end: number): Pieces;
}

/** Where answers to pulls come from: the storage alone, or a registry that this one stands before. */
export interface ContentSource {
  resolve(repository: Repository, tag: Tag): Promise<Digest | undefined>;
  manifest(repository: Repository, digest: Digest): Promise<StoredManifest | undefined>;
  /** `use` is what for: a look at the size need not fetch. */
  blob(repository: Repository, digest: Digest, use: "look" | "read"): Promise<BlobContent | undefined>;
  /** Undefined: there is no such repository. */
  tags(repository: Repository, after: string): Promise<AsyncIterable<Tag> | undefined>;
  /** Whether all manifests that name a subject are at hand. */
  readonly knowsReferrers: boolean;
}

export class StoredSource implements ContentSource {
  readonly knowsReferrers = true;
  readonly #repositories: Repositories;

  constructor(repositories: Repositories) {
    this.#repositories = repositories;
  }

  resolve(repository: Repository, tag: Tag): Promise<Digest | undefined> {
    return repository.tag(tag);
  }

  manifest(repository: Repository, digest: Digest): Promise<StoredManifest | undefined> {
    return repository.manifest(digest);
  }

  async blob(repository: Repository, digest: Digest): Promise<BlobContent | undefined> {
    const size = await repository.blobSize(digest);
    if (size === undefined) return undefined;
    const { blobs } = this.#repositories.storage;
    return { size, read: (offset, end) => blobs.read(digest, offset, end) };
  }

  async tags(repository: Repository, after: string): Promise<AsyncIterable<Tag> | undefined> {
    return (await repository.exists) ? repository.tags(after) : undefined;
  }
}
