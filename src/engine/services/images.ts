import type { LoadedImage, LoadProgress, RemovalStep } from "../../images/image-store.ts";
import type { StoredImage } from "../../images/stored-image.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import type { Digest } from "../../oci/digest.ts";
import type { Platform } from "../../oci/platform.ts";
import type { Credentials } from "../../registry/auth/credentials.ts";
import type { Filters } from "../filters.ts";

export interface ImageListQuery {
  readonly all: boolean;
  readonly filters: Filters;
  readonly sharedSize: boolean;
  /** Each image with what is stored of it, as `docker images --tree` shows it. */
  readonly manifests: boolean;
}

export interface ImageView {
  readonly image: StoredImage;
  /** Containers that stand on it; -1 when not counted. */
  readonly containers: number;
  readonly sharedSize: number;
  /** What the image takes on disk, where that is what is asked: blobs and unpacked layers. */
  readonly storedSize?: number;
  /** Containers that stand on it, when manifests are asked for. */
  readonly holders?: readonly string[];
  /** Where its layers are unpacked, topmost first, when a single image is asked for. */
  readonly layerDirectories?: readonly string[];
}

export interface ImportRequest {
  /** `-` for the request body, else a URL. */
  readonly source: string;
  readonly body: ReadableStream<Uint8Array> | undefined;
  readonly reference: string | undefined;
  readonly message: string;
  readonly changes: readonly string[];
  readonly platform: Platform | undefined;
  readonly signal: AbortSignal;
}

/** One line of a transfer's progress, as clients draw it: a bar per `id`, or a line of its own. */
export interface TransferProgress {
  readonly id?: string;
  readonly status: string;
  readonly current?: number;
  readonly total?: number;
  /** Facts for programs beside the words: the digest and size of what was pushed. */
  readonly aux?: Readonly<Record<string, string | number>>;
}

export interface PullRequest {
  /** `busybox`, `busybox:1.36`, `host:5000/x@sha256:…`; without tag and digest: every tag of it. */
  readonly reference: string;
  readonly platform: Platform | undefined;
  readonly credentials: Credentials | undefined;
  readonly onProgress: (progress: TransferProgress) => void;
  /** Aborted when the client is gone: the transfer stops, what arrived stays resumable. */
  readonly signal: AbortSignal;
}

export type PushRequest = PullRequest;

export interface SearchRequest {
  readonly term: string;
  readonly limit: number;
  readonly filters: Filters;
  readonly credentials: Credentials | undefined;
  readonly signal: AbortSignal;
}

export interface SearchResult {
  readonly name: string;
  readonly description: string;
  readonly starCount: number;
  readonly isOfficial: boolean;
}

export interface DistributionView {
  readonly descriptor: Descriptor;
  readonly platforms: readonly Platform[];
}

export interface ImageService {
  pull(request: PullRequest): Promise<void>;
  push(request: PushRequest): Promise<void>;
  search(request: SearchRequest): Promise<SearchResult[]>;
  /** What a registry has under a name, for `docker manifest` and `buildx imagetools`. */
  distribution(
    reference: string,
    credentials: Credentials | undefined,
    signal: AbortSignal,
  ): Promise<DistributionView>;
  list(query: ImageListQuery): Promise<ImageView[]>;
  inspect(name: string, options?: { platform?: Platform; manifests?: boolean }): Promise<ImageView>;
  /** Newest first. `id` is `<missing>` for steps that are no image of their own. */
  history(
    name: string,
    platform?: Platform,
  ): Promise<
    {
      id: string;
      created: number;
      createdBy: string;
      tags: readonly string[];
      size: number;
      comment: string;
    }[]
  >;
  tag(name: string, repository: string, tag: string): Promise<void>;
  remove(name: string, options: { force: boolean; prune: boolean }): Promise<RemovalStep[]>;
  load(
    archive: ReadableStream<Uint8Array>,
    options: { onProgress: (progress: LoadProgress) => void; platform?: Platform; signal: AbortSignal },
  ): Promise<LoadedImage[]>;
  save(names: readonly string[], platform?: Platform): Promise<ReadableStream<Uint8Array>>;
  import(request: ImportRequest): Promise<Digest>;
  prune(filters: Filters): Promise<{ deleted: RemovalStep[]; spaceReclaimed: number }>;
}
