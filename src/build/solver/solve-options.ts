import type { Limiter } from "../../lib/limiter.ts";
import type { CacheSource } from "./build-cache.ts";
import type { Op, StepScope } from "./op.ts";
import type { Holds, ResultCache, StepResult } from "./result-cache.ts";
import type { SharedRuns } from "./shared-runs.ts";

/** What all builds of an engine share. */
export interface SolverParts {
  readonly cache: ResultCache;
  readonly runs: SharedRuns<StepResult>;
  /** Steps at a time, of all builds together. */
  readonly limiter: Limiter;
}

/** What one build is to the solver. */
export interface SolveOptions {
  readonly signal: AbortSignal;
  readonly holds: Holds;
  readonly observer: SolveObserver;
  readonly sources: readonly CacheSource[];
  readonly explain: boolean;
  /** Where the step stands in its build, the same in every build of it: for explanations. */
  placeOf(op: Op): string;
  /** As what it is recorded; undefined: not at all. */
  typeOf(op: Op): RecordType | undefined;
}

export type RecordType = "regular" | "source.git.checkout" | "internal";

/** Hears of every step once it is decided what becomes of it. Never throws. */
export interface SolveObserver {
  started(op: Op): void;
  /** Without a result: nobody needed it, because what stands on it was cached. */
  cached(op: Op, key: string, result: StepResult | undefined): void;
  done(op: Op, result: StepResult, reason: string | undefined): void;
  failed(op: Op, error: unknown): void;
  scopeOf(op: Op, signal: AbortSignal): StepScope;
}
