import { observeContainers } from "../observe/observe-project.ts";
import { type Ending, stopContainer } from "./apply/end-container.ts";
import { runPlan } from "./apply/run-plan.ts";
import type { Stop } from "./deeds.ts";
import { planStop } from "./plan/plan-end.ts";
import { tracePlan } from "./plan/print-plan.ts";
import { targetOrNothing } from "./target-project.ts";

/** Containers of the services are stopped, dependents first. */
export const stop: Stop = async (context, target, { services, timeout, onHookLine }) => {
  const found = await targetOrNothing(context, target);
  const { project } = found;
  const all = found.containers ?? (await observeContainers(context.engine, project.name));
  const containers = all.filter(({ oneOff }) => !oneOff);
  const ending: Ending = { context, project, timeout, onHookLine };
  const { steps } = planStop(project, containers, services);
  tracePlan("stop", { steps });
  await runPlan(
    steps,
    async ({ work }) => {
      if (work.kind === "stop") await stopContainer(ending, work.container);
    },
    context,
  );
};
