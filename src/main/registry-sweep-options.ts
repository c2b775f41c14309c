import type { SweepOptions } from "../registry/server/garbage/sweep.ts";
import type { RegistryConfig } from "../registry/server/registry-config.ts";
import { usualUploadAgeMs } from "../registry/server/start-registry.ts";

/** Longer than a push takes from its first blob to its manifest. */
const usualGraceMs = 3_600_000;

export function sweepOptions({ gc = {} }: RegistryConfig): SweepOptions {
  const graceMs = gc.graceMs ?? usualGraceMs;
  return {
    graceMs,
    uploadAgeMs: gc.uploadAgeMs ?? usualUploadAgeMs,
    deleteUntagged: gc.deleteUntagged ?? false,
    dryRun: false,
  };
}
