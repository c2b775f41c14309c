import type { Limiter } from "../../lib/limiter.ts";
import type { Digest } from "../../oci/digest.ts";
import type { Platform } from "../../oci/platform.ts";
import type { Reference } from "../../oci/reference.ts";
import type { RemoteRepository } from "../../registry/client/remote-repository.ts";
import type { RetryPolicy } from "../../registry/client/retry.ts";

export interface PullProgress {
  readonly id?: string;
  readonly status: string;
  readonly current?: number;
  readonly total?: number;
}

export interface PullTarget {
  /** With a tag or a digest. */
  readonly reference: Reference;
  readonly repository: RemoteRepository;
}

export interface PullOptions {
  readonly platform: Platform | undefined;
  /** Downloads at a time, counted over all pulls of the engine. */
  readonly downloads: Limiter;
  /** How often a download that breaks off is gone on with while it makes no headway. */
  readonly retries: RetryPolicy;
  readonly onProgress: (progress: PullProgress) => void;
  readonly signal: AbortSignal;
}

export interface PulledImage {
  readonly id: Digest;
  /** What the registry has under the tag: of an index or of a manifest. */
  readonly digest: Digest;
  /** The name points at something else than before. */
  readonly updated: boolean;
}
