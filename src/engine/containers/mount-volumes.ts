import { join } from "node:path";
import { notFound } from "../../errors/engine-error.ts";
import { log } from "../../lib/log.ts";
import type { ContainerRecord } from "../../records/container-record.ts";
import type { EngineContext } from "../context.ts";
import { type MaterialisedMounts, materialiseMounts, releaseMounts } from "../mounts/materialise-mounts.ts";

/** Makes the mounts of a container ready for one start. */
// trail: run -v
export async function mountVolumes(
  context: EngineContext,
  record: ContainerRecord,
  undo: AsyncDisposableStack,
): Promise<MaterialisedMounts> {
  const ready = await materialiseMounts({
    ...mountsOf(context, record),
    tmpfs: record.hostConfig.Tmpfs,
    dataRoot: context.settings.dataRoot,
    recursiveReadOnly: context.abilities.recursiveReadOnly,
  });
  undo.defer(() => unmountVolumes(context, record));
  for (const path of ready.created) {
    log.warn(`made the missing mount source ${JSON.stringify(path)}`, { container: record.id });
  }
  return ready;
}

/** Gives volumes back after the end. Repeating it is fine. */
export async function unmountVolumes(context: EngineContext, record: ContainerRecord): Promise<void> {
  if (record.mounts.length > 0) await releaseMounts(mountsOf(context, record));
}

function mountsOf(context: EngineContext, record: ContainerRecord) {
  return {
    containerId: record.id,
    mounts: record.mounts,
    volume: (name: string) => volumeOf(context, name),
    scratch: join(context.settings.execRoot, "mounts", record.id),
  };
}

/** A volume with its driver. */
export function volumeOf(context: EngineContext, name: string) {
  const record = context.records.volumes.get(name);
  if (!record) throw notFound(`get ${name}: no such volume`);
  return { record, driver: context.volumes };
}
