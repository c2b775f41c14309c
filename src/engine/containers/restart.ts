import type { EngineContext } from "../context.ts";
import { publishContainerEvent } from "./events.ts";
import type { LiveContainer } from "./live-container.ts";
import { containerLock } from "./locks.ts";
import { startLocked } from "./start.ts";
import { type StopOptions, stopIfRunning } from "./stop.ts";

export async function restartContainer(
  context: EngineContext,
  nameOrId: string,
  options: StopOptions,
): Promise<void> {
  const container = context.containers.find(nameOrId);
  const { AutoRemove } = container.record.hostConfig;
  if (AutoRemove) withoutAutoRemove(context, container);
  try {
    await stopIfRunning(context, container, options);
    await containerLock(context, container, () => startLocked(context, container));
  } finally {
    if (AutoRemove && context.containers.get(container.id)) {
      context.containers.update(container, {
        hostConfig: { ...container.record.hostConfig, AutoRemove: true },
      });
    }
  }
  publishContainerEvent(context, container, "restart");
}

/** A restart of a `--rm` container must not remove it in between. */
function withoutAutoRemove(context: EngineContext, container: LiveContainer): void {
  context.containers.update(container, {
    hostConfig: { ...container.record.hostConfig, AutoRemove: false },
  });
}
