import { conflict } from "../../errors/engine-error.ts";
import type { EngineContext } from "../context.ts";
import type { WaitCondition, WaitResult } from "../services/containers.ts";
import type { Waiter } from "./live-container.ts";
import { exitCodeOf } from "./remove.ts";

/** Registers a waiter before it returns, so that an exit right after cannot be missed. */
export async function waitContainer(
  context: EngineContext,
  nameOrId: string,
  condition: WaitCondition,
  signal: AbortSignal,
): Promise<{ result: Promise<WaitResult> }> {
  const container = context.containers.find(nameOrId);
  const { state } = container.record;
  if (condition === "not-running" && !container.isRunning && state.status !== "restarting") {
    return {
      result: Promise.resolve({ exitCode: exitCodeOf(state.status === "removing" ? state.before : state) }),
    };
  }
  const { promise, resolve, reject } = Promise.withResolvers<WaitResult>();
  const waiter: Waiter = { condition: condition === "removed" ? "removed" : "exit", resolve };
  container.waiters.add(waiter);
  const giveUp = () => {
    container.waiters.delete(waiter);
    reject(conflict("the client gave up waiting"));
  };
  promise.catch(() => {});
  signal.addEventListener("abort", giveUp, { once: true });
  return { result: promise.finally(() => signal.removeEventListener("abort", giveUp)) };
}
