import { isKind, messageOf } from "../../errors/engine-error.ts";
import { log } from "../../lib/log.ts";
import type { EngineContext } from "../context.ts";
import type { Filters } from "../filters.ts";
import { parsePruneFilters } from "../prune-filters.ts";
import type { PruneReport } from "../services/prune-report.ts";
import { containerLock } from "./locks.ts";
import { removeLocked } from "./remove.ts";

/** `docker container prune`: every stopped container the filters let through. */
export async function pruneContainers(context: EngineContext, filters: Filters): Promise<PruneReport> {
  const filter = parsePruneFilters("container", filters);
  const deleted: string[] = [];
  let spaceReclaimed = 0;
  for (const container of context.containers.all()) {
    const { record } = container;
    const { status } = record.state;
    if (status !== "created" && status !== "exited" && status !== "dead") continue;
    if (!filter.matches({ created: record.created, labels: record.config.Labels })) continue;
    try {
      const { bytes } = await context.snapshots.usage(record.id);
      await containerLock(context, container, () => removeLocked(context, container, { volumes: false }));
      deleted.push(record.id);
      spaceReclaimed += bytes;
    } catch (error) {
      if (!isKind(error, "conflict")) throw error;
      log.debug(`prune passed over a container: ${messageOf(error)}`, { container: record.id });
    }
  }
  context.events.publish("container", "prune", "", { reclaimed: String(spaceReclaimed) });
  return { deleted, spaceReclaimed };
}
