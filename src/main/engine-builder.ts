import { statfsSync } from "node:fs";
import { join } from "node:path";
import type { Builder, BuilderParts } from "../build/build.ts";
import { createBuilder } from "../build/create-builder.ts";
import type { EngineContext } from "../engine/context.ts";
import { pullImages } from "../engine/images/pull.ts";
import { Limiter } from "../lib/limiter.ts";
import { hostPlatform } from "../oci/platform.ts";
import { removeLargeTree } from "../sys/remove-tree.ts";
import { closeFd, openRoot } from "../sys/rooted-path.ts";
import { copyTree } from "../volumes/copy-tree.ts";
import { ContainerExecutor } from "./build-executor.ts";
import type { BuildNetworks } from "./build-networks.ts";

/** The builder on the rooms of an engine. */
export function engineBuilder(context: EngineContext): {
  readonly builder: Builder;
  readonly networks: BuildNetworks;
} {
  const { dataRoot, execRoot } = context.settings;
  const runDirectory = join(execRoot, "build");
  const executor = new ContainerExecutor(context, runDirectory);
  const downloads = new Limiter(() => context.settings.maxConcurrentDownloads);
  const parts: BuilderParts = {
    images: context.images,
    snapshots: context.snapshots,
    records: context.records.buildCache,
    executor,
    directory: join(dataRoot, "build"),
    runDirectory,
    openRepository: (name, credentials, purpose) => context.openRepository(name, credentials, purpose),
    pullImage: (wish) => pullImages(context, downloads, wish),
    copyTree: copyDirectory,
    removeTree: removeLargeTree,
    freeSpace: () => freeBytes(dataRoot),
    platforms: [hostPlatform()],
    settings: () => builderSettings(context, dataRoot),
  };
  return { builder: createBuilder(parts), networks: executor.networks };
}

/** As many steps as wait for something beside those that compute. */
const stepsAtATime = 8;

const gibibyte = 2 ** 30;

/** Like Docker's: a tenth of the disk for the cache, and a fifth of the disk stays free. */
function builderSettings(
  { settings }: EngineContext,
  dataRoot: string,
): ReturnType<BuilderParts["settings"]> {
  const disk = statfsSync(dataRoot);
  const total = disk.blocks * disk.bsize;
  return {
    maxConcurrentDownloads: settings.maxConcurrentDownloads,
    maxDownloadAttempts: settings.maxDownloadAttempts,
    maxConcurrentUploads: settings.maxConcurrentUploads,
    maxParallelSteps: stepsAtATime,
    keep: {
      all: true,
      filters: new Map(),
      reservedSpace: Math.min(10 * gibibyte, Math.floor(total / 10)),
      maxUsedSpace: Math.max(10 * gibibyte, Math.floor(total * 0.6)),
      minFreeSpace: Math.floor(total / 5),
    },
  };
}

function freeBytes(path: string): number {
  const disk = statfsSync(path);
  return disk.bavail * disk.bsize;
}

async function copyDirectory(from: string, to: string): Promise<void> {
  const source = openRoot(from);
  try {
    const target = openRoot(to);
    try {
      await copyTree(source, target);
    } finally {
      closeFd(target);
    }
  } finally {
    closeFd(source);
  }
}
