import { forbidden, notImplemented } from "../../errors/engine-error.ts";
import type { NetworkRecord } from "../../records/network-record.ts";
import type { EngineContext } from "../context.ts";
import { parsePruneFilters } from "../prune-filters.ts";
import type { NetworkService, NetworkView } from "../services/networks.ts";
import { networkOf } from "./find.ts";
import { selectNetworks } from "./list-filters.ts";

const predefined = new Set(["bridge", "host", "none"]);

/** The three networks every engine has. User-defined ones need the name resolver, which is not built yet. */
export function networkService(context: EngineContext): NetworkService {
  return {
    list: async (filters) =>
      selectNetworks(
        context.records.networks.list(),
        filters,
        (id) => containersOn(context, id).length > 0,
      ).map((record) => view(context, record)),
    inspect: async (nameOrId) => view(context, networkOf(context, nameOrId)),
    create: async (request) => {
      if (predefined.has(request.name)) {
        throw forbidden(`operation is not permitted on predefined ${request.name} network `);
      }
      throw notImplemented("user-defined networks are not built yet: use the bridge, host or none network");
    },
    remove: async (nameOrId) => {
      const { name } = networkOf(context, nameOrId);
      throw forbidden(`${name} is a pre-defined network and cannot be removed`);
    },
    connect: async (nameOrId, container) => {
      networkOf(context, nameOrId);
      context.containers.find(container);
      throw notImplemented("connecting a container to a further network is not built yet");
    },
    disconnect: async (nameOrId, container) => {
      networkOf(context, nameOrId);
      context.containers.find(container);
      throw notImplemented("disconnecting a container from a network is not built yet");
    },
    prune: async (filters) => {
      parsePruneFilters("network", filters);
      context.events.publish("network", "prune", "", { reclaimed: "0" });
      return { deleted: [], spaceReclaimed: 0 };
    },
  };
}

function view(context: EngineContext, record: NetworkRecord): NetworkView {
  return { record, containers: containersOn(context, record.id) };
}

function containersOn(context: EngineContext, networkId: string) {
  return context.containers
    .all()
    .filter((container) => container.isRunning)
    .map((container) => container.record)
    .filter((record) => Object.values(record.endpoints).some((endpoint) => endpoint.networkId === networkId));
}
