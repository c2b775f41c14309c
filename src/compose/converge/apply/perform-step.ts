import { failpoint } from "../../../lib/failpoint.ts";
import { scaleOf } from "../../names.ts";
import type { ObservedContainer } from "../../observe/observed.ts";
import { drainSeconds } from "../../rollout/drain-seconds.ts";
import { containerTask } from "../../task.ts";
import type { HookLine } from "../deeds.ts";
import type { Step } from "../step.ts";
import type { ContainerWatch } from "./container-watch.ts";
import type { Convergence } from "./convergence.ts";
import { type Ending, removeContainer, restartContainer, stopContainer } from "./end-container.ts";
import { createContainer, giveName, recreateContainer, takePlace } from "./make-container.ts";
import { createNetwork, createVolume, dropNetwork, replaceNetwork, replaceVolume } from "./make-resource.ts";
import { rollOut } from "./roll-out.ts";
import { startPlace } from "./start-container.ts";
import { waitFor } from "./wait-for.ts";
import { reported } from "./work-on.ts";

export interface Performer {
  readonly run: Convergence;
  readonly watch: ContainerWatch;
  readonly onHookLine: HookLine | undefined;
}

// trail: compose up
/** Does what one step of a plan says. */
export async function performStep(
  { run, watch, onHookLine }: Performer,
  { work }: Step,
  halted: AbortSignal,
): Promise<void> {
  const { context, project } = run;
  const ending: Ending = { context, project, timeout: run.options.timeout, onHookLine };
  switch (work.kind) {
    case "create-network":
      return await createNetwork(run, work.key);
    case "replace-network":
      return await replaceNetwork(run, work);
    case "drop-network":
      return await dropNetwork(run, work.id);
    case "create-volume":
      return await createVolume(run, work.key);
    case "replace-volume":
      return await replaceVolume(run, work.key);
    case "keep":
      return context.report({ id: containerTask(work.container.name), status: "done", text: "Running" });
    case "create":
      return await createContainer(run, run.service(work.service), work.number);
    case "recreate":
      return await recreateContainer(run, run.service(work.service), work.old);
    case "finish":
      return await finish(run, work);
    case "stop":
      if (await stopContainer(ending, work.container)) run.put({ ...work.container, state: "exited" });
      return;
    case "restart":
      return await restartContainer(ending, work.container);
    case "remove":
      await removeContainer({ ...ending, ...drainOf(run, work.container) }, work.container, false);
      return run.drop(work.container);
    case "start":
      return await startPlace(run, run.service(work.service), work.number, onHookLine);
    case "roll-out":
      return await rollOut(run, run.service(work.service), work.replaced, onHookLine);
    case "wait": {
      await failpoint("compose.wait");
      const containers = run.containersOf.get(work.service) ?? [];
      const observed = run.containers.filter(({ id }) => containers.some((each) => each.id === id));
      return await waitFor(context, watch, observed, work, halted);
    }
    default:
      return work satisfies never;
  }
}

/** Whom a replica that is too many serves may come to an end; the others go on. */
function drainOf({ project, options }: Convergence, container: ObservedContainer): { drain?: number } {
  const service = project.services[container.service];
  return service && scaleOf(service) > 0 ? { drain: drainSeconds(service, options.timeout) } : {};
}

/** What an interruption left undone of a replacement. */
async function finish(
  run: Convergence,
  { service, name, successor, old }: Extract<Step["work"], { kind: "finish" }>,
): Promise<void> {
  await reported(run.context.report, containerTask(name), ["Recreate", "Recreated"], async () => {
    if (old) await takePlace(run, run.service(service), successor, old);
    else await giveName(run, successor, name);
  });
}
