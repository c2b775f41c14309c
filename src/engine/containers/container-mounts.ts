import { existsSync } from "node:fs";
import { notFound } from "../../errors/engine-error.ts";
import type { ContainerConfig, HostConfig } from "../../records/container-config.ts";
import { anonymousVolumeName } from "../../volumes/volume-name.ts";
import type { EngineContext } from "../context.ts";
import { type MountPlan, planMounts, type VolumeWish } from "../mounts/plan-mounts.ts";
import { createVolume, removeVolume } from "../volumes/service.ts";

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

/** Finds or makes the volumes of a plan; those made here go again when the create fails. */
export async function ensureVolumes(
  context: EngineContext,
  wishes: readonly VolumeWish[],
  undo: AsyncDisposableStack,
): Promise<(name: string) => { mountpoint: string; driver: string }> {
  const found = new Map<string, { mountpoint: string; driver: string }>();
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
