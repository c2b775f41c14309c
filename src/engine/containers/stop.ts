import { conflict, notModified } from "../../errors/engine-error.ts";
import type { EngineContext } from "../context.ts";
import { drained, tellStanding, untilOthersServe } from "../health/standing.ts";
import type { WaitResult } from "../services/containers.ts";
import { publishContainerEvent } from "./events.ts";
import type { LiveContainer } from "./live-container.ts";
import { containerLock } from "./locks.ts";
import { cancelRestart } from "./restart-later.ts";
import { parseSignal } from "./signals.ts";

const defaultTimeoutSeconds = 10;
const sigkill = 9;

export interface StopOptions {
  readonly signal?: string;
  readonly timeout?: number;
  /** Seconds those it serves may take to end, before it is told to stop; new ones do not come to it. */
  readonly drain?: number;
}

export async function stopContainer(
  context: EngineContext,
  nameOrId: string,
  options: StopOptions,
): Promise<void> {
  const container = context.containers.find(nameOrId);
  if (!(await stopIfRunning(context, container, options))) {
    throw notModified(`Container ${nameOrId} is already stopped`);
  }
}

export async function killContainer(context: EngineContext, nameOrId: string, signal: string): Promise<void> {
  const container = context.containers.find(nameOrId);
  const number = parseSignal(signal === "" ? "KILL" : signal);
  if (!container.isRunning || !container.task) {
    throw conflict(`cannot kill container: ${nameOrId}: container ${container.id} is not running`);
  }
  const final = number === sigkill || number === stopSignalOf(container);
  if (final) {
    container.exitIsFinal = true;
    context.containers.update(container, { manuallyStopped: true });
  }
  await send(context, container, number);
  if (number === sigkill) await exitOf(container, 10_000);
}

// trail: compose rollout
/** Stops it if it runs; false when there was nothing to stop. */
export async function stopIfRunning(
  context: EngineContext,
  container: LiveContainer,
  options: StopOptions,
): Promise<boolean> {
  const signal = options.signal ? parseSignal(options.signal) : stopSignalOf(container);
  const drainMs = (options.drain ?? 0) * 1000;
  if (drainMs > 0) await untilOthersServe(context, container, drainMs);
  const found = await decideToStop(context, container);
  if (found !== "running") return found === "restarting";
  const timeout = options.timeout ?? container.record.config.StopTimeout ?? defaultTimeoutSeconds;
  if (drainMs > 0) await drained(container, drainMs);
  const exit = exitOf(container, timeout < 0 ? undefined : timeout * 1000);
  await send(context, container, signal);
  if (!(await exit)) await killAndWait(context, container);
  publishContainerEvent(context, container, "stop");
  return true;
}

/**
 * Makes the next exit final, or gives up a restart that was waiting. Under the lock, because a
 * restart may be on its way at this moment; it is then found running.
 */
export async function decideToStop(
  context: EngineContext,
  container: LiveContainer,
): Promise<"running" | "restarting" | "stopped"> {
  return containerLock(context, container, async () => {
    if (cancelRestart(context, container)) return "restarting";
    if (!container.isRunning || !container.task) return "stopped";
    container.exitIsFinal = true;
    context.containers.update(container, { manuallyStopped: true });
    // No new client comes to one that is about to end while others could serve it.
    const shared = container.record.ports.filter((port) => port.shared);
    if (shared.length > 0) await context.networking.ports.unpublish(container.id, shared);
    container.isLeaving = true;
    await tellStanding(context, container);
    return "running";
  });
}

/** Ends the process and leaves the rest to the restart policy. */
export async function stopForRestart(context: EngineContext, container: LiveContainer): Promise<void> {
  const seconds = container.record.config.StopTimeout ?? defaultTimeoutSeconds;
  const exit = exitOf(container, seconds * 1000);
  await send(context, container, stopSignalOf(container));
  if (!(await exit)) await send(context, container, sigkill);
}

export async function killAndWait(context: EngineContext, container: LiveContainer): Promise<void> {
  const exit = exitOf(container, undefined);
  await send(context, container, sigkill);
  await exit;
}

async function send(context: EngineContext, container: LiveContainer, signal: number): Promise<void> {
  const { task } = container;
  if (!task) return;
  task.signal(signal);
  publishContainerEvent(context, container, "kill", { signal: String(signal) });
  if (container.record.state.status !== "paused") return;
  // A frozen process cannot act on a signal; Docker thaws it too.
  await task.resume();
  await containerLock(context, container, async () => {
    const { state } = container.record;
    if (state.status === "paused")
      context.containers.update(container, { state: { ...state, status: "running" } });
  });
}

/** The next exit once it was dealt with, or undefined when it takes longer than `limitMs`. */
export async function exitOf(
  container: LiveContainer,
  limitMs: number | undefined,
): Promise<WaitResult | undefined> {
  if (!container.isRunning) return { exitCode: 0 };
  const { promise, resolve } = Promise.withResolvers<WaitResult | undefined>();
  const waiter = { condition: "exit" as const, resolve };
  container.waiters.add(waiter);
  const timer = limitMs === undefined ? undefined : setTimeout(() => resolve(undefined), limitMs);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    container.waiters.delete(waiter);
  }
}

function stopSignalOf(container: LiveContainer): number {
  return parseSignal(container.record.config.StopSignal || "SIGTERM");
}
