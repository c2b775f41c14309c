import { isKind } from "../../../errors/engine-error.ts";
import { failpoint } from "../../../lib/failpoint.ts";
import type { ComposeContext } from "../../compose-context.ts";
import type { Project } from "../../model/project.ts";
import type { ObservedContainer } from "../../observe/observed.ts";
import { isAlive, isRunning } from "../../observe/observed-container.ts";
import { containerTask } from "../../task.ts";
import type { HookLine } from "../deeds.ts";
import { runHook } from "./run-hook.ts";
import { unlessSo } from "./work-on.ts";

export interface Ending {
  readonly context: ComposeContext;
  readonly project: Project;
  /** Seconds; undefined: the container's own. */
  readonly timeout: number | undefined;
  /** Seconds a Hull engine gives connections to end by themselves. */
  readonly drain?: number;
  readonly onHookLine?: HookLine | undefined;
}

// trail: compose rollout
/** Answers whether it is still there. */
export async function stopContainer(ending: Ending, container: ObservedContainer): Promise<boolean> {
  const { engine, report } = ending.context;
  const id = containerTask(container.name);
  report({ id, status: "working", text: "Stopping" });
  try {
    await preStop(ending, container);
    await failpoint("compose.stop");
    if (isAlive(container)) {
      const { timeout: t, drain } = ending;
      const query = { ...(t !== undefined && { t }), ...(drain !== undefined && { drain }) };
      await unlessSo(() => engine.call("ContainerStop", { params: { id: container.id }, query }));
    }
  } catch (error) {
    if (isKind(error, "not_found")) {
      report({ id, status: "done", text: "Removed" });
      return false;
    }
    report({ id, status: "error", text: "Error while Stopping" });
    throw error;
  }
  report({ id, status: "done", text: "Stopped" });
  return true;
}

export async function removeContainer(
  ending: Ending,
  container: ObservedContainer,
  volumes: boolean,
): Promise<void> {
  const { engine, report } = ending.context;
  const id = containerTask(container.name);
  if (!(await stopContainer(ending, container))) return;
  report({ id, status: "working", text: "Removing" });
  await failpoint("compose.remove");
  try {
    await engine.call("ContainerDelete", {
      params: { id: container.id },
      query: { force: true, v: volumes },
    });
  } catch (error) {
    // Gone, or somebody else is at it.
    if (!isKind(error, "not_found") && !isKind(error, "conflict")) {
      report({ id, status: "error", text: "Error while Removing" });
      throw error;
    }
  }
  report({ id, status: "done", text: "Removed" });
}

/** Stopped and started by the engine in one go, between its hooks. */
export async function restartContainer(ending: Ending, container: ObservedContainer): Promise<void> {
  const { context, project, timeout, onHookLine } = ending;
  const { engine, report } = context;
  const id = containerTask(container.name);
  const service = project.services[container.service];
  await preStop(ending, container);
  report({ id, status: "working", text: "Restarting" });
  const query = timeout === undefined ? {} : { t: timeout };
  await engine.call("ContainerRestart", { params: { id: container.id }, query });
  report({ id, status: "done", text: "Started" });
  for (const hook of service?.post_start ?? []) {
    if (service) await runHook(context, project.name, service, container, hook, onHookLine);
  }
}

/** Hooks run in what runs; one that ended in the meantime needs none. */
async function preStop(
  { context, project, onHookLine }: Ending,
  container: ObservedContainer,
): Promise<void> {
  const service = project.services[container.service];
  if (!service?.pre_stop || !isRunning(container) || container.oneOff) return;
  for (const hook of service.pre_stop) {
    try {
      await runHook(context, project.name, service, container, hook, onHookLine);
    } catch (error) {
      if (isKind(error, "conflict") || isKind(error, "not_found")) return;
      throw error;
    }
  }
}
