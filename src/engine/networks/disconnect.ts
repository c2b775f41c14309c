import { forbidden, invalidArgument, notFound } from "../../errors/engine-error.ts";
import { failpoint } from "../../lib/failpoint.ts";
import type { NetworkRecord } from "../../records/network-record.ts";
import type { LiveContainer } from "../containers/live-container.ts";
import { containerLock } from "../containers/locks.ts";
import { parseNetworkMode } from "../containers/modes.ts";
import type { EngineContext } from "../context.ts";
import { attachedEndpoint, gatewaysOf, publishNetworkEvent } from "./endpoints.ts";
import { networkOf } from "./find.ts";
import { sameGateways } from "./gateways.ts";
import { networksChanged } from "./networks-changed.ts";
import { movePorts } from "./published-ports.ts";

/**
 * `docker network disconnect`. With force, a container that is not known any more is looked for
 * among the network's addresses: what a lost one left there is freed.
 */
export async function disconnectContainer(
  context: EngineContext,
  nameOrId: string,
  containerName: string,
  force: boolean,
): Promise<void> {
  const container = force ? context.containers.lookUp(containerName) : context.containers.find(containerName);
  const network = networkOf(context, nameOrId);
  if (!container) return forget(context, network, containerName);
  await containerLock(context, container, async () => {
    const { record } = container;
    if (parseNetworkMode(record.hostConfig.NetworkMode).kind === "host" && network.driver === "host") {
      throw invalidArgument(
        "container cannot be disconnected from host network or connected to host network",
      );
    }
    const name = nameOn(container, network);
    if (name === undefined) {
      const to = container.isRunning ? "network" : "the network";
      throw forbidden(`container ${record.id} is not connected to ${to} ${network.name}`);
    }
    await disconnectLocked(context, container, network, name);
  });
}

function nameOn({ record }: LiveContainer, network: NetworkRecord): string | undefined {
  const entries = Object.entries(record.endpoints);
  return (entries.find(([, endpoint]) => endpoint.networkId === network.id) ??
    entries.find(([name]) => name === network.name))?.[0];
}

function forget(context: EngineContext, network: NetworkRecord, containerName: string): void {
  const { networks } = context.records;
  const lost = networks.addresses(network.id).find((record) => record.containerId === containerName);
  if (!lost) throw notFound(`endpoint ${containerName} not found`);
  networks.releaseAddresses(network.id, lost.containerId);
}

/**
 * Recorded first, detached afterwards: a new engine removes an interface that is on no record and
 * sets routes and ports as the record says.
 */
async function disconnectLocked(
  context: EngineContext,
  container: LiveContainer,
  network: NetworkRecord,
  name: string,
): Promise<void> {
  const { networking } = context;
  const { record } = container;
  const { [name]: left, ...endpoints } = record.endpoints;
  const attached = left && attachedEndpoint(record.id, left);
  if (!container.isRunning || !attached) {
    context.containers.update(container, { endpoints });
    return;
  }
  const [before, after] = [gatewaysOf(record.id, record.endpoints), gatewaysOf(record.id, endpoints)];
  const ports = await movePorts(context, record, before, after);
  await failpoint("disconnect.moved");
  context.containers.update(container, { endpoints, ports });
  await failpoint("disconnect.recorded");
  await networking.driver(network).detach(network, attached);
  if (!sameGateways(before, after)) networking.setGateways(record.id, after);
  await networksChanged(context, container, { left });
  publishNetworkEvent(context, "disconnect", network, record.id);
}
