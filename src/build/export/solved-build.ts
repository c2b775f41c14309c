import type { ImagePlan } from "../plan/build-plan.ts";
import type { CachedResult } from "../solver/build-cache.ts";
import type { Tree } from "../solver/tree.ts";

/** A build whose files are all made: what exporters and the cache's exporters work on. */
export interface SolvedBuild {
  /** One a platform. */
  readonly images: readonly SolvedImage[];
  /** Every step with its key, parents first: what `--cache-to` writes. */
  readonly steps: readonly SolvedStep[];
}

export interface SolvedImage {
  readonly plan: ImagePlan;
  /** The snapshot of `plan.top`. Below it stands one snapshot for each operation of the history, then the base's. */
  readonly tree: Tree;
}

export interface SolvedStep extends CachedResult {
  /** Its layer is one of the result's; other steps go out with `mode=max` alone. */
  readonly inResult: boolean;
}
