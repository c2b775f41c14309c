import { lockForChange } from "../../lock/lock-for-change.ts";
import type { Service } from "../../model/service.ts";
import type { ObservedContainer } from "../../observe/observed.ts";
import { rollOut as replaceReplicas } from "../../rollout/roll-out.ts";
import { containerTask } from "../../task.ts";
import type { HookLine, Successor } from "../deeds.ts";
import type { Convergence } from "./convergence.ts";
import { stopContainer } from "./end-container.ts";
import { discard, makeSuccessor, recreateContainer, takePlace } from "./make-container.ts";
import { startContainer } from "./start-container.ts";
import { unlessSo } from "./work-on.ts";

// trail: compose rollout
/** Replaces running replicas of one service as its `update_config` says. */
export async function rollOut(
  run: Convergence,
  service: Service,
  replaced: readonly ObservedContainer[],
  onHookLine: HookLine | undefined,
): Promise<void> {
  const { context, project, options } = run;
  const { dryRun } = context;
  if (dryRun) {
    for (const old of replaced) await recreateContainer(run, service, old);
    return;
  }
  // Another run would take what is on its way here for something broken off, and end it.
  using _ = await lockForChange(context, project.name);
  const recreate = (old: ObservedContainer) => successorOf(run, service, old, onHookLine);
  const { timeout } = options;
  const now = await replaceReplicas(context, { project, service, replaced, recreate, timeout });
  for (const container of now) run.put({ ...container, replaces: undefined });
}

/** One replacement, in the steps a rollout takes. */
async function successorOf(
  run: Convergence,
  service: Service,
  old: ObservedContainer,
  onHookLine: HookLine | undefined,
): Promise<Successor> {
  const { context, project } = run;
  const { engine, report } = context;
  const id = containerTask(old.name);
  const params = { id: old.id };
  report({ id, status: "working", text: "Recreate" });
  const container = await makeSuccessor(run, service, old);
  return {
    container,
    start: () => startContainer(run, service, container, onHookLine),
    stopOld: async (drain) => {
      const ending = { context, project, timeout: run.options.timeout, onHookLine, drain };
      await stopContainer(ending, old);
    },
    startOld: async () => {
      await unlessSo(() => engine.call("ContainerStart", { params }));
    },
    finish: async () => {
      const now = run.containers.find((each) => each.id === container.id) ?? container;
      await takePlace(run, service, now, old);
      report({ id, status: "done", text: "Recreated" });
    },
    undo: () => discard(run, container),
  };
}
