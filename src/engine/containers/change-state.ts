import { conflict, invalidArgument } from "../../errors/engine-error.ts";
import type { EngineContext } from "../context.ts";
import { namesChanged } from "../networks/names.ts";
import { publishContainerEvent } from "./events.ts";
import type { LiveContainer } from "./live-container.ts";
import { containerLock } from "./locks.ts";
import { validateContainerName } from "./validate/container-name.ts";

export async function pauseContainer(context: EngineContext, nameOrId: string): Promise<void> {
  const container = context.containers.find(nameOrId);
  await containerLock(context, container, () => pauseLocked(context, container));
}

async function pauseLocked(context: EngineContext, container: LiveContainer): Promise<void> {
  const { state } = container.record;
  if (state.status === "paused") throw conflict(`container ${container.id} is already paused`);
  if (state.status === "restarting") {
    throw conflict(`Container ${container.id} is restarting, wait until the container is running`);
  }
  if (state.status !== "running" || !container.task) {
    throw conflict(`container ${container.id} is not running`);
  }
  await container.task.pause();
  context.containers.update(container, { state: { ...state, status: "paused" } });
  publishContainerEvent(context, container, "pause");
}

export async function unpauseContainer(context: EngineContext, nameOrId: string): Promise<void> {
  const container = context.containers.find(nameOrId);
  await containerLock(context, container, () => unpauseLocked(context, container));
}

async function unpauseLocked(context: EngineContext, container: LiveContainer): Promise<void> {
  const { state } = container.record;
  if (state.status !== "paused" || !container.task) {
    throw conflict(`Container ${container.id} is not paused`);
  }
  await container.task.resume();
  context.containers.update(container, { state: { ...state, status: "running" } });
  publishContainerEvent(context, container, "unpause");
}

export async function renameContainer(context: EngineContext, nameOrId: string, name: string): Promise<void> {
  const container = context.containers.find(nameOrId);
  const newName = name.startsWith("/") ? name.slice(1) : name;
  if (newName === "") throw invalidArgument("Neither old nor new names may be empty");
  validateContainerName(newName);
  await containerLock(context, container, async () => {
    const oldName = container.record.name;
    if (oldName === newName) {
      throw invalidArgument("Renaming a container with the same name as its current name");
    }
    context.containers.update(container, { name: newName });
    await namesChanged(context, container);
    publishContainerEvent(context, container, "rename", { oldName: `/${oldName}` });
  });
}

export async function resizeContainer(
  context: EngineContext,
  nameOrId: string,
  height: number,
  width: number,
): Promise<void> {
  const container = context.containers.find(nameOrId);
  if (!container.isRunning || !container.task) {
    throw conflict(`container ${container.id} is not running`);
  }
  await container.task.resize(height, width);
  publishContainerEvent(context, container, "resize", { height: String(height), width: String(width) });
}
