import { conflict } from "../../errors/engine-error.ts";
import type { HostConfig } from "../../records/container-config.ts";
import type { EngineContext } from "../context.ts";
import { publishContainerEvent } from "./events.ts";
import { containerLock } from "./locks.ts";
import { validateUpdate } from "./validate/validate-update.ts";

/** Changes limits, restart policy and (ours) labels, of a running container too. */
export async function updateContainer(
  context: EngineContext,
  nameOrId: string,
  change: { hostConfig: Partial<HostConfig>; labels?: Readonly<Record<string, string | null>> },
): Promise<{ warnings: readonly string[] }> {
  const container = context.containers.find(nameOrId);
  return containerLock(context, container, async () => {
    const { record } = container;
    if (record.state.status === "removing" || record.state.status === "dead") {
      throw conflict(
        `Cannot update container ${record.id}: container is marked for removal and cannot be "update"`,
      );
    }
    const { hostConfig, warnings } = validateUpdate(record, change.hostConfig, context.abilities);
    if (container.task && container.isRunning) await container.task.update(hostConfig);
    const Labels = { ...record.config.Labels };
    for (const [name, value] of Object.entries(change.labels ?? {})) {
      if (value === null) delete Labels[name];
      else Labels[name] = value;
    }
    context.containers.update(container, { hostConfig, config: { ...record.config, Labels } });
    publishContainerEvent(context, container, "update");
    return { warnings };
  });
}
