import { messageOf } from "../../errors/engine-error.ts";
import { failpoint } from "../../lib/failpoint.ts";
import { log } from "../../lib/log.ts";
import { millisecondsOf } from "../../lib/timestamp.ts";
import { span, traced } from "../../lib/trace.ts";
import type { ExitStatus, Task } from "../../runtime/runtime.ts";
import type { EngineContext } from "../context.ts";
import { withoutAddresses } from "../networks/endpoints.ts";
import { publishContainerEvent } from "./events.ts";
import { explainExit } from "./explain-exit.ts";
import { leaveNetworks } from "./join-networks.ts";
import type { LiveContainer } from "./live-container.ts";
import { containerLock } from "./locks.ts";
import { unmountVolumes } from "./mount-volumes.ts";
import { removeLocked } from "./remove.ts";
import { type Start, scheduleRestart } from "./restart-later.ts";
import { decideRestart } from "./restart-policy.ts";
import { unmountSharedMemory } from "./shared-memory.ts";

/**
 * Deals with the end of a container's process: gives back what it used, records how it
 * ended, tells those who wait, and then restarts or removes it if that was asked for.
 */
// trail: run -p
// trail: engine restart
export async function handleExit(
  context: EngineContext,
  container: LiveContainer,
  task: Task,
  ended: ExitStatus,
  start: Start,
): Promise<void> {
  await traced(`exit ${container.id.slice(0, 12)}`, () =>
    containerLock(context, container, async () => {
      if (container.task !== task) return;
      container.stopHealth?.();
      container.stopHealth = undefined;
      const { lastWords, exitCode } = await explainExit(context, container, ended);
      const exit = { ...ended, code: exitCode };
      await span("exit.release", () => releaseRun(context, container));
      await failpoint("exit.record");
      recordExit(context, container, exit, lastWords);
      // In the same breath: nobody sees a container as exited that will be back.
      const restarts = restartIfWanted(context, container, exit, start);
      // Only now, because the exit code on disk goes with it: it must be in the record by then.
      await span("exit.runtime", () => forgetTask(container, task));
      await tellEnd(context, container, { exit, lastWords, restarts });
    }),
  );
}

/** Every step is tried, whatever became of the others: a failure is logged, and repair comes at the next start. */
async function releaseRun(context: EngineContext, container: LiveContainer): Promise<void> {
  const { record } = container;
  const steps: [string, () => Promise<void>][] = [
    ["networks", () => leaveNetworks(context, record)],
    ["volumes", () => unmountVolumes(context, record)],
    ["shared memory", () => unmountSharedMemory(context, record)],
    ["root", () => context.roots.release(record.id)],
  ];
  for (const [name, step] of steps) {
    try {
      await span(`exit.${name}`, step);
    } catch (error) {
      log.error(`release after exit: ${messageOf(error)}`, { container: record.id, step: name });
    }
  }
}

async function forgetTask(container: LiveContainer, task: Task): Promise<void> {
  try {
    await task.delete();
  } catch (error) {
    log.error(`release after exit: ${messageOf(error)}`, { container: container.id, step: "runtime" });
  }
  container.task = undefined;
}

function recordExit(
  context: EngineContext,
  container: LiveContainer,
  exit: ExitStatus,
  lastWords: string | undefined,
): void {
  const { state } = container.record;
  const startedAt = "startedAt" in state ? state.startedAt : exit.finishedAt;
  context.containers.update(container, {
    state: {
      status: "exited",
      exitCode: exit.code,
      startedAt,
      finishedAt: exit.finishedAt,
      oomKilled: exit.oomKilled,
      ...(lastWords ? { error: lastWords } : {}),
    },
    endpoints: withoutAddresses(container.record.endpoints),
    ports: [],
  });
  if (exit.oomKilled) publishContainerEvent(context, container, "oom");
  const seconds = Math.max(
    0,
    Math.round((millisecondsOf(exit.finishedAt) - millisecondsOf(startedAt)) / 1000),
  );
  publishContainerEvent(context, container, "die", {
    exitCode: String(exit.code),
    execDuration: String(seconds),
  });
}

function restartIfWanted(
  context: EngineContext,
  container: LiveContainer,
  exit: ExitStatus,
  start: Start,
): boolean {
  const { record } = container;
  if (record.state.status !== "exited") return false;
  const decision = decideRestart({
    policy: record.hostConfig.RestartPolicy,
    exitCode: exit.code,
    restartCount: record.restartCount,
    manuallyStopped: container.exitIsFinal,
    ranForMs: millisecondsOf(exit.finishedAt) - millisecondsOf(record.state.startedAt),
    previousDelayMs: container.restartDelayMs,
    unhealthy: container.failedHealth,
  });
  container.failedHealth = false;
  if (decision.restart && !container.exitIsFinal) {
    scheduleRestart(context, container, decision.delayMs, start);
  }
  return decision.restart;
}

async function tellEnd(
  context: EngineContext,
  container: LiveContainer,
  { exit, lastWords, restarts }: { exit: ExitStatus; lastWords: string | undefined; restarts: boolean },
): Promise<void> {
  container.end(lastWords);
  container.settle("exit", { exitCode: exit.code });
  if (!restarts && container.record.hostConfig.AutoRemove) {
    await span("exit.remove", () => removeLocked(context, container, { volumes: true }));
  }
}
