import type { ComposingImageStore } from "../images/compose/image-composer.ts";
import type { PullProgress } from "../images/pull/pull-options.ts";
import type { Platform } from "../oci/platform.ts";
import type { Reference } from "../oci/reference.ts";
import type { BuildCacheTable } from "../records/build-cache.ts";
import type { Credentials } from "../registry/auth/credentials.ts";
import type { RemoteRepository } from "../registry/client/remote-repository.ts";
import type { Snapshotter } from "../snapshots/snapshotter.ts";
import type { BuildRequest, BuildResult } from "./build-request.ts";
import type { CacheMountLease } from "./cache-mounts.ts";
import type { Executor } from "./executor.ts";
import type { CachePolicy, CacheUsage } from "./solver/build-cache.ts";

/** What a builder stands on; `main/` picks it. */
export interface BuilderParts {
  readonly images: ComposingImageStore;
  readonly snapshots: Snapshotter;
  readonly records: BuildCacheTable;
  readonly executor: Executor;
  /** `<data-root>/build`: cache mounts, received contexts, whatever else a build keeps on disk. */
  readonly directory: string;
  /** `<exec-root>/build`: mount points, sockets, files of running steps. */
  readonly runDirectory: string;
  openRepository(
    name: Pick<Reference, "domain" | "path">,
    credentials: Credentials | undefined,
    purpose: "pull" | "push",
  ): RemoteRepository;
  /** Brings an image here as `docker pull` does; throws its refusal. */
  pullImage(wish: ImageWish): Promise<void>;
  /** What is in one directory, into another: owners, modes, links and all. */
  copyTree(from: string, to: string): Promise<void>;
  /** A directory with all that is in it; not there is fine. */
  removeTree(path: string): Promise<void>;
  /** Bytes free where the cache lies. */
  freeSpace(): number;
  /** Platforms whose programs this machine runs; the first is its own. */
  readonly platforms: readonly Platform[];
  /** Read at each use: a reload replaces the settings. */
  readonly settings: () => BuilderSettings;
}

export interface ImageWish {
  readonly reference: string;
  readonly platform: Platform;
  readonly credentials: Credentials | undefined;
  readonly onProgress: (progress: PullProgress) => void;
  readonly signal: AbortSignal;
}

export interface BuilderSettings {
  readonly maxConcurrentDownloads: number;
  readonly maxDownloadAttempts: number;
  readonly maxConcurrentUploads: number;
  /** How many steps may run at a time, of all builds together. */
  readonly maxParallelSteps: number;
  /** What is kept of the cache without anybody asking. */
  readonly keep: CachePolicy;
}

export interface Builder {
  /** Throws the failure of the first step that failed. */
  build(request: BuildRequest): Promise<BuildResult>;
  prune(policy: CachePolicy): Promise<{ readonly deleted: readonly string[]; readonly reclaimed: number }>;
  usage(): Promise<readonly CacheUsage[]>;
  /** The directory of a cache mount, for as long as it is held; where there is none it is made, or undefined is given. */
  cacheMount(
    id: string,
    options: { readonly make: boolean },
    signal: AbortSignal,
  ): Promise<CacheMountLease | undefined>;
  /** Nothing is built any more: takes back what was kept ready for the next step. */
  close(): Promise<void>;
  /** At the engine's start: takes away what a crash left, and drops records whose files are gone. Returns what went. */
  repair(): Promise<string[]>;
}
