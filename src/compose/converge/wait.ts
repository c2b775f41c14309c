import { notFound } from "../../errors/engine-error.ts";
import { isAlive } from "../observe/observed-container.ts";
import type { Wait } from "./deeds.ts";
import { chosenContainers } from "./each-container.ts";

/** Waits for running containers to end, and tells each end. */
export const wait: Wait = async (context, target, { services, onExit }) => {
  const found = await chosenContainers(context, target, services, { oneOff: true });
  const alive = found.filter(isAlive);
  const name = typeof target === "string" ? target : target.name;
  if (alive.length === 0) throw notFound(`no containers for project ${JSON.stringify(name)}`);
  let last = 0;
  await Promise.all(
    alive.map(async ({ id }) => {
      const { StatusCode: code } = await context.engine.call("ContainerWait", {
        params: { id },
        signal: context.signal,
      });
      onExit(id, code);
      last = code;
    }),
  );
  return last;
};
