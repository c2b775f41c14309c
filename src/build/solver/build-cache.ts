import type { StepScope } from "./op.ts";
import type { Tree } from "./tree.ts";

/** What is known of a finished step beyond this build. A key is the hex SHA-256 over facts and inputs. */
export interface CachedResult {
  readonly key: string;
  readonly tree: Tree;
  /** `RUN make`, as the usage listing shows it. */
  readonly description: string;
}

/**
 * Results made elsewhere (`--cache-from`), asked by key after this machine's own. What it gives is
 * recorded here, so the snapshot has to stay until somebody prunes it.
 */
export interface CacheSource {
  find(key: string, scope: StepScope): Promise<CachedResult | undefined>;
}

/** One line of a usage listing. */
export interface CacheUsage {
  readonly id: string;
  readonly parents: readonly string[];
  readonly type: "regular" | "exec.cachemount" | "source.local" | "source.git.checkout" | "internal";
  readonly description: string;
  readonly inUse: boolean;
  /** Files that an image has as well: removing this frees nothing. */
  readonly shared: boolean;
  readonly size: number;
  readonly createdAt: string;
  readonly lastUsedAt: string | undefined;
  readonly usageCount: number;
}

/** What to prune: matching entries, oldest use first, until the sizes are kept. Sizes are bytes, 0: no such limit. */
export interface CachePolicy {
  /** Also what images share, and what the builder needs for itself. */
  readonly all: boolean;
  /** As prune filters are written: `until`, `id`, `type`, `description`, `inuse`, `shared`, `private`, `unused-for`; all must match. */
  readonly filters: ReadonlyMap<string, readonly string[]>;
  /** This much always stays. */
  readonly reservedSpace: number;
  /** More than this never stays. */
  readonly maxUsedSpace: number;
  /** Pruned until the disk has so much free. */
  readonly minFreeSpace: number;
}
