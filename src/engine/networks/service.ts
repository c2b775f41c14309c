import type { EngineContext } from "../context.ts";
import type { Filters } from "../filters.ts";
import { parsePruneFilters } from "../prune-filters.ts";
import type { NetworkService } from "../services/networks.ts";
import type { PruneReport } from "../services/prune-report.ts";
import { checkNetworks } from "./check.ts";
import { connectContainer } from "./connect.ts";
import { createNetwork } from "./create.ts";
import { disconnectContainer } from "./disconnect.ts";
import { networkOf } from "./find.ts";
import { selectNetworks } from "./list-filters.ts";
import { isPredefinedNetwork } from "./predefined.ts";
import { removeNetwork, removeUnused, usersOf } from "./remove.ts";
import { containersOn, viewNetwork } from "./view.ts";

export function networkService(context: EngineContext): NetworkService {
  return {
    list: async (filters) =>
      selectNetworks(
        context.records.networks.list(),
        filters,
        (id) => containersOn(context, id).length > 0,
      ).map((record) => viewNetwork(context, record)),
    inspect: async (nameOrId) => viewNetwork(context, networkOf(context, nameOrId)),
    create: async (request) => ({ id: (await createNetwork(context, request)).id, warning: "" }),
    remove: (nameOrId) => removeNetwork(context, nameOrId),
    connect: (nameOrId, container, endpoint) => connectContainer(context, nameOrId, container, endpoint),
    disconnect: (nameOrId, container, force) => disconnectContainer(context, nameOrId, container, force),
    check: (options) => checkNetworks(context, options),
    prune: (filters) => pruneNetworks(context, filters),
  };
}

/** Networks without a running container; those of stopped ones go as well, as in Docker. */
async function pruneNetworks(context: EngineContext, filters: Filters): Promise<PruneReport> {
  const filter = parsePruneFilters("network", filters);
  const waiting = context.records.networks
    .list()
    .filter(
      (network) => !isPredefinedNetwork(network.name) && !network.configOnly && filter.matches(network),
    );
  const deleted: string[] = [];
  const worker = async () => {
    for (let network = waiting.shift(); network; network = waiting.shift()) {
      // Looked at and taken off the records in one breath; another request may have removed it meanwhile.
      if (!context.records.networks.get(network.id) || usersOf(context, network)) continue;
      await removeUnused(context, network);
      deleted.push(network.name);
    }
  };
  // Each waits for the kernel most of the time.
  await Promise.all(Array.from({ length: 8 }, worker));
  context.events.publish("network", "prune", "", { reclaimed: "0" });
  return { deleted, spaceReclaimed: 0 };
}
