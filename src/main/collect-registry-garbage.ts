import { sweep } from "../registry/server/garbage/sweep.ts";
import { describeSwept, SweepTally } from "../registry/server/garbage/sweep-tally.ts";
import type { RegistryConfig } from "../registry/server/registry-config.ts";
import { Repositories } from "../registry/server/repositories.ts";
import { UploadSessions } from "../registry/server/upload-sessions.ts";
import { openExistingStorage } from "./registry-storage.ts";
import { sweepOptions } from "./registry-sweep-options.ts";

export interface CollectOptions {
  readonly dryRun: boolean;
  readonly quiet: boolean;
  out(line: string): void;
}

export async function collectRegistryGarbage(config: RegistryConfig, options: CollectOptions): Promise<void> {
  const { storage, release } = await openExistingStorage(config);
  try {
    const tally = new SweepTally();
    const rules = { ...sweepOptions(config), dryRun: options.dryRun };
    for await (const swept of sweep(new Repositories(storage), new UploadSessions(storage.blobs), rules)) {
      tally.add(swept);
      if (!options.quiet)
        options.out(`${options.dryRun ? "would delete" : "deleted"} ${describeSwept(swept)}`);
    }
    options.out(`${options.dryRun ? "Would delete" : "Deleted"}: ${tally.summary()}`);
  } finally {
    release();
  }
}
