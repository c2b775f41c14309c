import type { LoadedImage, LoadProgress, RemovalStep, StoredImage } from "../../images/image-store.ts";
import type { Digest } from "../../oci/digest.ts";
import type { Platform } from "../../oci/platform.ts";
import type { Filters } from "../filters.ts";

export interface ImageListQuery {
  readonly all: boolean;
  readonly filters: Filters;
  readonly sharedSize: boolean;
}

export interface ImageView {
  readonly image: StoredImage;
  /** Containers that stand on it; -1 when not counted. */
  readonly containers: number;
  readonly sharedSize: number;
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

export interface ImageService {
  list(query: ImageListQuery): Promise<ImageView[]>;
  inspect(name: string, platform?: Platform): Promise<StoredImage>;
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
