import type { ContainerRecord } from "../../records/container-record.ts";
import type { NetworkRecord } from "../../records/network-record.ts";
import type { EngineContext } from "../context.ts";
import type { NetworkView } from "../services/networks.ts";

export function viewNetwork(context: EngineContext, record: NetworkRecord): NetworkView {
  return { record, containers: containersOn(context, record.id) };
}

/** Running containers that are attached to a network. */
export function containersOn(context: EngineContext, networkId: string): ContainerRecord[] {
  return context.containers
    .all()
    .filter((container) => container.isRunning)
    .map((container) => container.record)
    .filter((record) => Object.values(record.endpoints).some((endpoint) => endpoint.networkId === networkId));
}
