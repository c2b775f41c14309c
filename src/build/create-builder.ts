import { mkdirSync } from "node:fs";
import { messageOf } from "../errors/engine-error.ts";
import { Limiter } from "../lib/limiter.ts";
import { log } from "../lib/log.ts";
import { traced } from "../lib/trace.ts";
import type { Builder, BuilderParts } from "./build.ts";
import { CacheMounts } from "./cache-mounts.ts";
import { createCacheTransport } from "./cache-transport/create-cache-transport.ts";
import { createExporter } from "./export/create-exporter.ts";
import { dropStepMounts } from "./ops/run-mounts.ts";
import { type BuildWorld, runBuild } from "./run-build.ts";
import type { CachePolicy } from "./solver/build-cache.ts";
import { PrunedCache } from "./solver/prune-cache.ts";
import { ResultCache, type StepResult } from "./solver/result-cache.ts";
import { SharedRuns } from "./solver/shared-runs.ts";
import { OverlayTreeStore } from "./trees/overlay-tree-store.ts";

const pruneEveryMs = 60_000;

export function createBuilder(parts: BuilderParts): Builder {
  for (const directory of [parts.directory, parts.runDirectory])
    mkdirSync(directory, { recursive: true, mode: 0o711 });
  const trees = new OverlayTreeStore(parts.snapshots, parts.runDirectory);
  const cache = new ResultCache(parts.records, trees);
  const cacheMounts = new CacheMounts(parts.records, parts.directory);
  const world: BuildWorld = {
    parts,
    trees,
    cacheMounts,
    solver: {
      cache,
      runs: new SharedRuns<StepResult>(),
      limiter: new Limiter(() => parts.settings().maxParallelSteps),
    },
    openExporter: () => createExporter({ ...parts, trees }),
    transport: createCacheTransport({ ...parts, trees }),
  };
  const pruned = new PrunedCache(cache, cacheMounts, () => parts.freeSpace());
  let prunedAt = Number.NEGATIVE_INFINITY;
  const keepToPolicy = async (policy: CachePolicy) => {
    // Measuring cache mounts reads all their names: not after each of many small builds.
    if (performance.now() - prunedAt < pruneEveryMs) return;
    prunedAt = performance.now();
    try {
      await pruned.prune(policy);
    } catch (error) {
      log.warn(`the build cache could not be pruned: ${messageOf(error)}`);
    }
  };
  return {
    async build(request) {
      try {
        return await traced("build", () => runBuild(world, request));
      } finally {
        void keepToPolicy(parts.settings().keep);
      }
    },
    prune: (policy) => pruned.prune(policy),
    usage: () => pruned.usage(),
    cacheMount: (id, options, signal) => cacheMounts.hold(id, options, signal),
    close: () => parts.executor.close(),
    async repair() {
      const wanted = new Set(parts.records.list().flatMap(({ snapshot }) => snapshot ?? []));
      const gone = await trees.repair((name) => wanted.has(name));
      const left = [...dropStepMounts(parts.runDirectory), ...(await cacheMounts.repair())];
      return [...gone, ...left, ...(await dropLost(cache))];
    },
  };
}

/** Records whose files a loss of power took. */
async function dropLost({ table, trees }: ResultCache): Promise<string[]> {
  const gone: string[] = [];
  for (const { id, snapshot, description } of table.list()) {
    if (snapshot === undefined || (await trees.has({ kind: "snapshot", name: snapshot }))) continue;
    table.remove(id);
    gone.push(`dropped a build result whose files are gone: ${description}`);
  }
  return gone;
}
