import type { BuildRequest, BuildResult } from "../../build/build-request.ts";
import type { Filters } from "../filters.ts";

export interface BuildService {
  /** Throws the failure of the first step that failed; a DockerfileError says where. */
  build(request: BuildRequest): Promise<BuildResult>;
  /** Ends a running build by the id its client chose. */
  cancel(buildId: string): void;
  prune(
    options: BuildCachePrune,
  ): Promise<{ readonly deleted: readonly string[]; readonly reclaimed: number }>;
  usage(): Promise<readonly BuildCacheEntry[]>;
}

export interface BuildCachePrune {
  readonly all: boolean;
  readonly filters: Filters;
  readonly reservedSpace: number;
  readonly maxUsedSpace: number;
  readonly minFreeSpace: number;
}

/** One line of `docker system df -v`'s build cache, and of `builder du`. */
export interface BuildCacheEntry {
  readonly id: string;
  readonly parents: readonly string[];
  readonly type: "regular" | "exec.cachemount" | "source.local" | "source.git.checkout" | "internal";
  readonly description: string;
  readonly inUse: boolean;
  readonly shared: boolean;
  readonly size: number;
  readonly createdAt: string;
  readonly lastUsedAt: string | undefined;
  readonly usageCount: number;
}
