import { messageOf } from "../../errors/engine-error.ts";
import { log } from "../../lib/log.ts";
import type { EngineContext } from "../context.ts";
import type { LiveContainer } from "./live-container.ts";
import { containerLock } from "./locks.ts";

/** How to start a container again; given by the caller, because starting leads to exits and exits here. */
export type Start = (context: EngineContext, container: LiveContainer) => Promise<void>;

/** Restarts an ended container after its back-off, unless somebody stops it meanwhile. */
export function scheduleRestart(
  context: EngineContext,
  container: LiveContainer,
  delayMs: number,
  start: Start,
): void {
  const { state } = container.record;
  if (state.status !== "exited") return;
  container.restartDelayMs = delayMs;
  context.containers.update(container, {
    state: {
      status: "restarting",
      exitCode: state.exitCode,
      startedAt: state.startedAt,
      finishedAt: state.finishedAt,
    },
  });
  container.restartTimer = setTimeout(() => {
    void context.background.run(`restart of ${container.id}`, () => restartNow(context, container, start));
  }, delayMs);
}

async function restartNow(context: EngineContext, container: LiveContainer, start: Start): Promise<void> {
  await containerLock(context, container, async () => {
    if (container.record.state.status !== "restarting") return;
    context.containers.update(container, { restartCount: container.record.restartCount + 1 });
    try {
      await start(context, container);
    } catch (error) {
      log.warn(`restart failed: ${messageOf(error)}`, { container: container.id });
    }
  });
}

/** Gives up a restart that was waiting; the container is then exited. */
export function cancelRestart(context: EngineContext, container: LiveContainer): boolean {
  clearTimeout(container.restartTimer);
  container.restartTimer = undefined;
  const { state } = container.record;
  if (state.status !== "restarting") return false;
  context.containers.update(container, {
    state: { ...state, status: "exited", oomKilled: false },
    manuallyStopped: true,
  });
  container.settle("exit", { exitCode: state.exitCode });
  return true;
}
