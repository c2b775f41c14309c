import { isKind } from "../../errors/engine-error.ts";
import { isAlive } from "../observe/observed-container.ts";
import { containerTask } from "../task.ts";
import type { Kill } from "./deeds.ts";
import { chosenContainers, forEachContainer } from "./each-container.ts";

export const kill: Kill = async (context, target, { services, signal, removeOrphans, all = false }) => {
  const scope = removeOrphans && typeof target !== "string" ? target.name : target;
  const found = await chosenContainers(context, scope, services, { oneOff: true });
  const containers = found.filter(isAlive);
  await forEachContainer(context, containers, async ({ id, name }) => {
    const task = containerTask(name);
    context.report({ id: task, status: "working", text: "Killing" });
    try {
      await context.engine.call("ContainerKill", { params: { id }, query: { signal } });
    } catch (error) {
      // It ended by itself in the meantime.
      const isGone = isKind(error, "not_found") || isKind(error, "conflict");
      if (!all || !isGone) {
        context.report({ id: task, status: "error", text: "Error while Killing" });
        throw error;
      }
    }
    context.report({ id: task, status: "done", text: "Killed" });
  });
  return containers.map(({ name }) => name);
};
