import type { ComposeContext } from "../compose-context.ts";
import { containerTask } from "../task.ts";
import type { Pause, Target, Unpause } from "./deeds.ts";
import { chosenContainers, forEachContainer } from "./each-container.ts";

export const pause: Pause = async (context, target, { services }) => {
  await eachAlive(context, target, services, "ContainerPause", "Paused");
};

export const unpause: Unpause = async (context, target, { services }) => {
  await eachAlive(context, target, services, "ContainerUnpause", "Unpaused");
};

async function eachAlive(
  context: ComposeContext,
  target: Target,
  services: readonly string[],
  operation: "ContainerPause" | "ContainerUnpause",
  text: string,
): Promise<void> {
  const found = await chosenContainers(context, target, services, { oneOff: false });
  const alive = found.filter(({ state }) => state === "running" || state === "paused");
  await forEachContainer(context, alive, async ({ id, name }) => {
    await context.engine.call(operation, { params: { id } });
    context.report({ id: containerTask(name), status: "done", text });
  });
}
