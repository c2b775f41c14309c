import { forbidden } from "../../errors/engine-error.ts";
import { failpoint } from "../../lib/failpoint.ts";
import { log } from "../../lib/log.ts";
import { span } from "../../lib/trace.ts";
import type { NetworkRecord } from "../../records/network-record.ts";
import type { EngineContext } from "../context.ts";
import { networkOf } from "./find.ts";
import { isPredefinedNetwork } from "./predefined.ts";
import { containersOn } from "./view.ts";

export async function removeNetwork(context: EngineContext, nameOrId: string): Promise<void> {
  const network = networkOf(context, nameOrId);
  if (isPredefinedNetwork(network.name)) {
    throw forbidden(`${network.name} is a pre-defined network and cannot be removed`);
  }
  const holder = usersOf(context, network);
  if (holder) throw forbidden(`error while removing network: ${holder}`);
  await removeUnused(context, network);
}

/** Why a network cannot go now, or undefined. A container that is being started has its address already. */
export function usersOf(context: EngineContext, network: NetworkRecord): string | undefined {
  const { networks } = context.records;
  if (network.configOnly) {
    const used = networks.list().some((other) => other.configFrom === network.name);
    return used ? `configuration network ${JSON.stringify(network.name)} is in use` : undefined;
  }
  const running = containersOn(context, network.id);
  const starting = networks
    .addresses(network.id)
    .flatMap(({ containerId }) => context.containers.get(containerId)?.record ?? []);
  const [first] = [...running, ...starting];
  if (!first) return undefined;
  const endpoint = Object.values(first.endpoints).find(({ networkId }) => networkId === network.id);
  return `network ${network.name} has active endpoints (name:"${first.name}" id:"${(endpoint?.endpointId ?? first.id).slice(0, 12)}")`;
}

/**
 * The record goes first, in the same breath as the look at its users: nobody can join what is not
 * there. Bridge and rules of a network without a record are taken away at the next start, if not now.
 */
export async function removeUnused(context: EngineContext, network: NetworkRecord): Promise<void> {
  context.records.networks.remove(network.id);
  if (network.configOnly) return;
  await failpoint("network.unrecorded");
  try {
    await span("network.remove", () => context.networking.driver(network).remove(network));
  } catch (error) {
    log.error("a removed network left something behind, the next check takes it away", {
      network: network.name,
      error: error instanceof Error ? error.message : String(error),
    });
    throw error;
  }
  context.events.publish("network", "destroy", network.id, { name: network.name, type: network.driver });
}
