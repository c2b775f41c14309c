import type { EngineContext } from "../context.ts";
import type { LiveContainer } from "./live-container.ts";

/**
 * What changes the state of one container runs one after another. Nothing under this lock
 * waits for the process inside: a stop signals, lets go, and waits for the exit handler.
 */
export function containerLock<T>(
  context: EngineContext,
  container: LiveContainer,
  work: () => Promise<T>,
): Promise<T> {
  return context.locks.run(`container:${container.id}`, work);
}
