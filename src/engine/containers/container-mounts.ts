import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { notFound } from "../../errors/engine-error.ts";
import type { ContainerConfig, HostConfig } from "../../records/container-config.ts";
import { anonymousVolumeName } from "../../volumes/volume-name.ts";
import type { EngineContext } from "../context.ts";
import { type MountPlan, planMounts, type VolumeWish } from "../mounts/plan-mounts.ts";
import { createVolume, removeVolume, usersOf } from "../volumes/service.ts";

/** Decides the mounts of a new container; nothing is made yet. */
// trail: run -v
export function planContainerMounts(
  context: EngineContext,
  config: ContainerConfig,
  hostConfig: HostConfig,
): MountPlan {
  return planMounts(hostConfig, config.Volumes, {
    sourceExists: existsSync,
    mountsOf: (container) => context.containers.find(container).record.mounts,
    newVolumeName: anonymousVolumeName,
    dataRoot: context.settings.dataRoot,
  });
}

/** In the directory of a container: the anonymous volumes its create makes. */
const unfinishedVolumes = "anonymous-volumes.json";

/**
 * Finds or makes the volumes of a plan; those made here go again when the create fails. The
 * anonymous ones are written down first in `directory`: when the engine dies before the
 * container is recorded, nobody would ever know their names again.
 */
export async function ensureVolumes(
  context: EngineContext,
  wishes: readonly VolumeWish[],
  directory: string,
  undo: AsyncDisposableStack,
): Promise<(name: string) => { mountpoint: string; driver: string }> {
  const found = new Map<string, { mountpoint: string; driver: string }>();
  const anonymous = wishes.filter((wish) => wish.anonymous).map((wish) => wish.name);
  if (anonymous.length > 0) await writeFile(join(directory, unfinishedVolumes), JSON.stringify(anonymous));
  for (const wish of wishes) {
    const isNew = context.records.volumes.get(wish.name) === undefined;
    const record = await createVolume(context, wish);
    if (isNew) undo.defer(() => removeVolume(context, wish.name, { force: true }));
    found.set(wish.name, { mountpoint: context.volumes.mountpoint(record), driver: record.driver });
  }
  return (name) => {
    const volume = found.get(name);
    if (volume) return volume;
    const record = context.records.volumes.get(name);
    if (!record) throw notFound(`get ${name}: no such volume`);
    return { mountpoint: context.volumes.mountpoint(record), driver: record.driver };
  };
}

/** Takes away the anonymous volumes of a create that was never finished. */
export async function removeUnfinishedVolumes(context: EngineContext, directory: string): Promise<void> {
  for (const name of await unfinishedNames(join(directory, unfinishedVolumes))) {
    const volume = context.records.volumes.get(name);
    if (volume?.anonymous && usersOf(context, name).length === 0) {
      await removeVolume(context, name, { force: true });
    }
  }
}

/** None when the file is missing or torn: no volume is made before it is complete. */
async function unfinishedNames(path: string): Promise<string[]> {
  try {
    const names: unknown = JSON.parse(await readFile(path, "utf8"));
    return Array.isArray(names) ? names.filter((name) => typeof name === "string") : [];
  } catch {
    return [];
  }
}
