import { createHash } from "node:crypto";
import type { BuildCacheEntries, BuildCacheInput } from "../../records/build-cache.ts";
import type { Facts } from "./op.ts";

/** Everything a step's result depends on. */
export interface StepKey {
  /** What it is on what went in: equal keys, equal results. */
  readonly key: string;
  /**
   * The same, told without looking at any file: it leads to the key without making the inputs.
   * Absent where something went in that only its content names.
   */
  readonly definition?: string;
  readonly facts: Facts;
  readonly inputs: readonly BuildCacheInput[];
  readonly entries: BuildCacheEntries;
  /** It, or something below it, must be made anew whatever the cache has. */
  readonly fresh: boolean;
}

/** Raised when the meaning of facts changes: results of other versions are never found. */
const version = 1;

export function hashStep(facts: Facts, inputs: readonly { role: string; digest: string }[]): string {
  const sorted = Object.entries(facts).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify([version, sorted, inputs.map(({ role, digest }) => [role, digest])]);
  return createHash("sha256").update(text).digest("hex");
}
