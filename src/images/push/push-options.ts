import type { ContentStore } from "../../content/content-store.ts";
import type { Limiter } from "../../lib/limiter.ts";
import type { Reference } from "../../oci/reference.ts";
import type { ImageTable } from "../../records/records.ts";
import type { RemoteRepository } from "../../registry/client/remote-repository.ts";

export interface PushProgress {
  readonly id?: string;
  readonly status: string;
  readonly current?: number;
  readonly total?: number;
}

export interface PushOptions {
  /** Uploads at a time, counted over all pushes of the engine. */
  readonly uploads: Limiter;
  /** Send blobs in pieces of this size; 0: each in one request. */
  readonly chunkSize: number;
  readonly onProgress: (progress: PushProgress) => void;
  readonly signal: AbortSignal;
}

export interface PushTarget {
  /** Where to: with the tag the manifest gets there. */
  readonly reference: Reference & { readonly tag: string };
  readonly repository: RemoteRepository;
}

export interface PushParts {
  readonly content: ContentStore;
  readonly table: ImageTable;
}
