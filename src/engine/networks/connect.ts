import { conflict, forbidden, internal, invalidArgument } from "../../errors/engine-error.ts";
import { failpoint } from "../../lib/failpoint.ts";
import type { EndpointRequest } from "../../records/container-config.ts";
import type { ContainerRecord } from "../../records/container-record.ts";
import type { NetworkRecord } from "../../records/network-record.ts";
import type { LiveContainer } from "../containers/live-container.ts";
import { containerLock } from "../containers/locks.ts";
import { parseNetworkMode } from "../containers/modes.ts";
import type { EngineContext } from "../context.ts";
import { checkEndpoint } from "./endpoint-options.ts";
import { attachEndpoint, configurationOnly, gatewaysOf, publishNetworkEvent } from "./endpoints.ts";
import { networkOf } from "./find.ts";
import { sameGateways } from "./gateways.ts";
import { networksChanged } from "./networks-changed.ts";
import { movePorts } from "./published-ports.ts";

/** `docker network connect`: at once when the container runs, else at its next start. */
export async function connectContainer(
  context: EngineContext,
  nameOrId: string,
  containerName: string,
  request: EndpointRequest,
): Promise<void> {
  const container = context.containers.find(containerName);
  networkOf(context, nameOrId);
  await containerLock(context, container, async () => {
    const network = networkOf(context, nameOrId);
    checkConnect(container, network);
    checkEndpoint(network.name, network, request);
    if (container.isRunning) return connectRunning(context, container, network, request);
    const { endpoints } = container.record;
    context.containers.update(container, {
      endpoints: { ...endpoints, [network.name]: { request, networkId: network.id } },
    });
  });
}

function checkConnect({ record, isRunning }: LiveContainer, network: NetworkRecord): void {
  const { status } = record.state;
  if (status === "removing" || status === "dead") {
    throw conflict(`container ${record.id} is marked for removal and cannot be connected to network`);
  }
  if (network.configOnly) throw configurationOnly(network);
  const mode = parseNetworkMode(record.hostConfig.NetworkMode);
  if (mode.kind === "container" || (mode.kind === "host" && network.driver !== "host")) {
    throw invalidArgument(
      "container sharing network namespace with another container or host cannot be connected to any other network",
    );
  }
  if (network.driver === "host") {
    throw invalidArgument(
      "cannot connect container to host network - container must be created in host network mode",
    );
  }
  const others = Object.keys(record.endpoints).filter((name) => name !== network.name);
  if (others.length > 0 && (network.driver === "null" || others.includes("none"))) {
    throw invalidArgument(
      "container cannot be connected to multiple networks with one of the networks in private (none) mode",
    );
  }
  if (isRunning && record.endpoints[network.name]) {
    throw forbidden(`endpoint with name ${record.name} already exists in network ${network.name}`);
  }
}

/**
 * Attached first, recorded last: what is attached and on no record is taken away when the engine
 * comes back, and routes and ports are set as the record says.
 */
async function connectRunning(
  context: EngineContext,
  container: LiveContainer,
  network: NetworkRecord,
  request: EndpointRequest,
): Promise<void> {
  const { networking } = context;
  const { record } = container;
  if (network.driver === "null") {
    const endpoint = { request, networkId: network.id };
    return context.containers.update(container, { endpoints: { ...record.endpoints, none: endpoint } });
  }
  const sandbox = networking.sandbox(record.id);
  if (!sandbox) throw internal(`container ${record.id} has no network namespace`);
  await using undo = new AsyncDisposableStack();
  const { attached, endpoint } = await attachEndpoint(context, sandbox, network, { request });
  undo.defer(() => networking.driver(network).detach(network, attached));
  await failpoint("connect.attached");
  const endpoints: ContainerRecord["endpoints"] = { ...record.endpoints, [network.name]: endpoint };
  const [before, after] = [gatewaysOf(record.id, record.endpoints), gatewaysOf(record.id, endpoints)];
  if (!sameGateways(before, after)) {
    networking.setGateways(record.id, after);
    undo.defer(() => networking.setGateways(record.id, before));
  }
  const ports = await movePorts(context, record, before, after);
  await failpoint("connect.moved");
  context.containers.update(container, { endpoints, ports });
  undo.move();
  await networksChanged(context, container, { joined: endpoint });
  publishNetworkEvent(context, "connect", network, record.id);
}
