import { rm } from "node:fs/promises";
import { conflict, invalidArgument } from "../../errors/engine-error.ts";
import { failpoint } from "../../lib/failpoint.ts";
import { span } from "../../lib/trace.ts";
import type { ContainerState } from "../../records/container-record.ts";
import type { EngineContext } from "../context.ts";
import { removeAnonymousVolumes } from "../volumes/remove-anonymous.ts";
import { containerDirectory } from "./directories.ts";
import { publishContainerEvent } from "./events.ts";
import type { LiveContainer } from "./live-container.ts";
import { containerLock } from "./locks.ts";
import { decideToStop, killAndWait } from "./stop.ts";

export async function removeContainer(
  context: EngineContext,
  nameOrId: string,
  options: { force: boolean; volumes: boolean; link: boolean },
): Promise<void> {
  if (options.link) return removeLink(context, nameOrId);
  const container = context.containers.find(nameOrId);
  const { status } = container.record.state;
  if (status === "removing") throw conflict(`removal of container ${nameOrId} is already in progress`);
  if (container.isRunning || status === "restarting") {
    if (!options.force) {
      throw conflict(
        `cannot remove container "/${container.record.name}": container is ${status}: stop the container before removing or force remove`,
      );
    }
    await decideToStop(context, container);
    if (container.isRunning) {
      if (container.record.hostConfig.AutoRemove) {
        const removed = new Promise((resolve) => container.waiters.add({ condition: "removed", resolve }));
        await killAndWait(context, container);
        await removed;
        return;
      }
      await killAndWait(context, container);
    }
  }
  await containerLock(context, container, () => removeLocked(context, container, options));
}

/**
 * Takes a stopped container apart. The state says `removing` from the first step on, so
 * that a removal the engine did not survive is finished by the next one.
 */
export async function removeLocked(
  context: EngineContext,
  container: LiveContainer,
  options: { volumes: boolean },
): Promise<void> {
  if (context.containers.get(container.id) !== container) return;
  if (container.isRunning) {
    throw conflict(
      `cannot remove container "/${container.record.name}": container is running: stop the container before removing or force remove`,
    );
  }
  clearTimeout(container.restartTimer);
  const { state } = container.record;
  const before = state.status === "removing" ? state.before : state;
  if (state.status !== "removing") {
    context.containers.update(container, {
      state: { status: "removing", before, volumes: options.volumes },
    });
  }
  await failpoint("remove.marked");
  const { record } = container;
  await span("remove.snapshot", () => context.snapshots.remove(record.id));
  await failpoint("remove.snapshot");
  await rm(containerDirectory(context, record.id), { recursive: true, force: true });
  if (options.volumes) await removeAnonymousVolumes(context, record);
  context.containers.remove(container);
  for (const stream of container.pendingAttach) stream.fail();
  publishContainerEvent(context, container, "destroy");
  const result = { exitCode: exitCodeOf(before) };
  container.settle("exit", result);
  container.settle("removed", result);
}

export function exitCodeOf(state: ContainerState): number {
  return "exitCode" in state ? (state.exitCode ?? 0) : 0;
}

/** `docker rm --link parent/alias`: forgets the link, not the container. */
async function removeLink(context: EngineContext, name: string): Promise<void> {
  const [parentName = "", alias = ""] = name.replace(/^\//, "").split("/");
  if (alias === "") throw invalidArgument(`could not get the parent name of link "${name}"`);
  const parent = context.containers.find(parentName);
  await containerLock(context, parent, async () => {
    const { hostConfig } = parent.record;
    const links = (hostConfig.Links ?? []).filter((link) => link.split(":")[1] !== alias);
    if (links.length === (hostConfig.Links ?? []).length) throw invalidArgument(`no such link: ${name}`);
    context.containers.update(parent, {
      hostConfig: { ...hostConfig, Links: links.length > 0 ? links : null },
    });
  });
}
