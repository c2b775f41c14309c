import { containerTask } from "../task.ts";
import type { Remove } from "./deeds.ts";
import { chosenContainers, forEachContainer } from "./each-container.ts";
import { stop } from "./stop.ts";

/** Removes containers that do not run; with `stop`, ends them first. Names and volumes that were given stay. */
export const remove: Remove = async (context, target, options) => {
  if (options.stop) await stop(context, target, options);
  const found = await chosenContainers(context, target, options.services, { oneOff: false });
  const ended = found.filter(
    ({ state }) => state !== "running" && state !== "paused" && state !== "restarting",
  );
  const names = ended.map(({ name }) => name);
  if (names.length === 0 || (!options.force && !(await options.confirm(names)))) return [];
  await forEachContainer(context, ended, async ({ id, name }) => {
    context.report({ id: containerTask(name), status: "working", text: "Removing" });
    const query = { v: options.volumes, force: options.force };
    await context.engine.call("ContainerDelete", { params: { id }, query });
    context.report({ id: containerTask(name), status: "done", text: "Removed" });
  });
  return names;
};
