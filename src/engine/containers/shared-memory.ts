import { mkdir, readdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { conflict, notFound } from "../../errors/engine-error.ts";
import type { ContainerRecord } from "../../records/container-record.ts";
import type { RuntimeMount } from "../../runtime/runtime.ts";
import type { EngineContext } from "../context.ts";
import { parseIpcMode } from "./modes.ts";

const defaultSize = 64 * 1024 * 1024;

/**
 * /dev/shm of containers that share it. A mount cannot be handed from one container's mount
 * namespace to another's, so that of a `shareable` container is made outside of both.
 */
export async function mountSharedMemory(
  context: EngineContext,
  record: ContainerRecord,
  undo: AsyncDisposableStack,
): Promise<readonly RuntimeMount[]> {
  const mode = parseIpcMode(record.hostConfig.IpcMode);
  if (mode.kind === "container") return [bind(pathOf(context, donorOf(context, mode.id).id))];
  if (mode.kind !== "shareable") return [];
  const path = pathOf(context, record.id);
  await mkdir(path, { recursive: true, mode: 0o700 });
  undo.defer(() => unmountSharedMemory(context, record));
  const size = record.hostConfig.ShmSize > 0 ? record.hostConfig.ShmSize : defaultSize;
  context.roots.calls.mountAll(
    [{ type: "tmpfs", source: "shm", options: ["nosuid", "noexec", "nodev", "mode=1777", `size=${size}`] }],
    path,
  );
  return [bind(path)];
}

/** After the end. Containers that joined keep what they have mounted. Repeating it is fine. */
export async function unmountSharedMemory(context: EngineContext, record: ContainerRecord): Promise<void> {
  if (record.hostConfig.IpcMode !== "shareable") return;
  await drop(context, record.id);
}

/** Unmounts what a crash left. Returns what went. */
export async function repairSharedMemory(
  context: EngineContext,
  isWanted: (id: string) => boolean,
): Promise<string[]> {
  const removed: string[] = [];
  for (const id of await readdir(directoryOf(context)).catch(() => [])) {
    if (isWanted(id)) continue;
    await drop(context, id);
    removed.push(`unmounted shared memory of ${id}`);
  }
  return removed;
}

async function drop(context: EngineContext, id: string): Promise<void> {
  const path = pathOf(context, id);
  while (context.roots.calls.unmount(path));
  await rmdir(path).catch(() => {});
}

function donorOf(context: EngineContext, nameOrId: string): ContainerRecord {
  const donor = context.containers.lookUp(nameOrId);
  if (!donor) throw notFound(`No such container: ${nameOrId}`);
  if (!donor.isRunning) {
    throw conflict(`cannot join IPC of a non running container: ${donor.id}`);
  }
  if (donor.record.hostConfig.IpcMode === "shareable") return donor.record;
  throw conflict(
    `cannot join IPC of container ${donor.id}: non-shareable IPC (hint: use IpcMode:shareable for the donor container)`,
  );
}

const directoryOf = (context: EngineContext) => join(context.settings.execRoot, "shm");
const pathOf = (context: EngineContext, id: string) => join(directoryOf(context), id);

function bind(source: string): RuntimeMount {
  return { destination: "/dev/shm", type: "bind", source, options: ["rbind", "rprivate"] };
}
