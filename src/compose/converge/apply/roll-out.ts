import type { Service } from "../../model/service.ts";
import type { ObservedContainer } from "../../observe/observed.ts";
import type { HookLine, Successor } from "../deeds.ts";
import type { Convergence } from "./convergence.ts";
import { discard, makeSuccessor, recreateContainer, takePlace } from "./make-container.ts";
import { startContainer } from "./start-container.ts";

/**
 * Replaces running replicas of one service. `src/compose/rollout/` takes over here, by
 * `ReplaceReplicas`: order, how many at once, pauses, watching and going back.
 */
export async function rollOut(
  run: Convergence,
  service: Service,
  replaced: readonly ObservedContainer[],
  onHookLine: HookLine | undefined,
): Promise<void> {
  for (const old of replaced) {
    await recreateContainer(run, service, old);
    const successor = run.at(service.name, old.number);
    if (successor) await startContainer(run, service, successor, onHookLine);
  }
}

/** One replacement, in the steps a rollout takes. */
export async function successorOf(
  run: Convergence,
  service: Service,
  old: ObservedContainer,
  onHookLine: HookLine | undefined,
): Promise<Successor> {
  const container = await makeSuccessor(run, service, old);
  return {
    container,
    start: () => startContainer(run, service, container, onHookLine),
    finish: async () => {
      const state = run.containers.find(({ id }) => id === container.id)?.state ?? container.state;
      await takePlace(run, service, { ...container, state }, old);
    },
    undo: () => discard(run, container),
  };
}
