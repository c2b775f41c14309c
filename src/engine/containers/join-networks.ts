import { conflict, notFound } from "../../errors/engine-error.ts";
import { span } from "../../lib/trace.ts";
import type { Endpoint } from "../../network/network.ts";
import type { ContainerEndpoint, ContainerRecord, PublishedPort } from "../../records/container-record.ts";
import type { NetworkRecord } from "../../records/network-record.ts";
import type { NamespaceChoice } from "../../runtime/runtime.ts";
import type { EngineContext } from "../context.ts";
import { networkOf } from "../networks/find.ts";
import type { LiveContainer } from "./live-container.ts";
import { parseNetworkMode } from "./modes.ts";
import { portWishes } from "./port-wishes.ts";

export interface JoinedNetworks {
  readonly namespace: NamespaceChoice;
  readonly endpoints: Readonly<Record<string, ContainerEndpoint>>;
  readonly ports: readonly PublishedPort[];
}

/**
 * Gives a container its network before the runtime runs: a namespace, an interface per
 * network, its published ports. What it did is on `undo` until the start succeeded.
 */
// trail: run -p
export async function joinNetworks(
  context: EngineContext,
  container: LiveContainer,
  undo: AsyncDisposableStack,
): Promise<JoinedNetworks> {
  const { record } = container;
  const mode = parseNetworkMode(record.hostConfig.NetworkMode);
  if (mode.kind === "host") {
    return { namespace: { kind: "host" }, endpoints: record.endpoints, ports: [] };
  }
  if (mode.kind === "container") {
    const pid = pidToJoin(context, record, mode.id);
    return { namespace: { kind: "path", path: `/proc/${pid}/ns/net` }, endpoints: {}, ports: [] };
  }
  const { networking } = context;
  const sandbox = await span("start.sandbox", () => networking.createSandbox(record.id));
  // The namespace goes first and takes its interfaces along: deleting them one by one waits for the kernel.
  const takeBack = [() => networking.removeSandbox(record.id)];
  undo.defer(async () => {
    for (const step of takeBack) await step();
  });
  const namespace: NamespaceChoice = { kind: "path", path: sandbox.path };
  if (record.config.NetworkDisabled) return { namespace, endpoints: record.endpoints, ports: [] };

  const endpoints: Record<string, ContainerEndpoint> = {};
  let first: Endpoint | undefined;
  for (const [name, endpoint] of byGatewayPriority(record.endpoints)) {
    const network = context.records.networks.get(endpoint.networkId) ?? networkOf(context, name);
    if (network.driver === "null" || network.driver === "host") {
      endpoints[name] = endpoint;
      continue;
    }
    const driver = networking.driver(network);
    const { request } = endpoint;
    const attached = await span(`start.attach ${name}`, () =>
      driver.attach(network, sandbox, {
        ...(request.IPAMConfig?.IPv4Address ? { ipv4: request.IPAMConfig.IPv4Address } : {}),
        ...(request.IPAMConfig?.IPv6Address ? { ipv6: request.IPAMConfig.IPv6Address } : {}),
        ...(request.MacAddress ? { macAddress: request.MacAddress } : {}),
      }),
    );
    takeBack.push(() => driver.detach(network, attached));
    publishNetworkEvent(context, "connect", network, record.id);
    endpoints[name] = withAddress({ ...endpoint, networkId: network.id }, attached);
    if (!network.internal) first ??= attached;
  }
  const wishes = portWishes(record.config, record.hostConfig);
  if (wishes.length === 0 || !first) return { namespace, endpoints, ports: [] };
  const endpoint = first;
  undo.defer(() => networking.ports.unpublish(record.id));
  const ports = await span("start.publish", () => networking.ports.publish(endpoint, record.name, wishes));
  return { namespace, endpoints, ports };
}

/** The pid whose namespaces a `container:` mode joins. */
export function pidToJoin(context: EngineContext, record: ContainerRecord, nameOrId: string): number {
  const other = context.containers.lookUp(nameOrId);
  if (!other) throw notFound(`No such container: ${nameOrId}`);
  const { state } = other.record;
  if (state.status === "restarting") {
    throw conflict(`Container ${other.id} is restarting, wait until the container is running`);
  }
  if (!("pid" in state)) {
    throw conflict(`cannot join network of a non running container: ${other.id}`);
  }
  if (other.id === record.id) throw conflict("cannot join own network");
  return state.pid;
}

function withAddress(endpoint: ContainerEndpoint, attached: Endpoint): ContainerEndpoint {
  return {
    request: endpoint.request,
    networkId: endpoint.networkId,
    endpointId: attached.endpointId,
    gateway: attached.gateway,
    ipAddress: attached.ipAddress,
    ipPrefixLength: attached.ipPrefixLength,
    macAddress: attached.macAddress,
  };
}

/** The endpoint again as the network room knows it, from what the record kept. */
export function attachedEndpoint(record: ContainerRecord, endpoint: ContainerEndpoint): Endpoint | undefined {
  if (!endpoint.endpointId || !endpoint.ipAddress) return undefined;
  return {
    endpointId: endpoint.endpointId,
    networkId: endpoint.networkId,
    containerId: record.id,
    interfaceName: "eth0",
    macAddress: endpoint.macAddress ?? "",
    ipAddress: endpoint.ipAddress,
    ipPrefixLength: endpoint.ipPrefixLength ?? 0,
    gateway: endpoint.gateway ?? "",
  };
}

function byGatewayPriority(endpoints: ContainerRecord["endpoints"]): [string, ContainerEndpoint][] {
  return Object.entries(endpoints).sort(
    ([, left], [, right]) => (right.request.GwPriority ?? 0) - (left.request.GwPriority ?? 0),
  );
}

/** Takes back what `joinNetworks` gave, after the container's end. Repeating it is fine. */
export async function leaveNetworks(context: EngineContext, record: ContainerRecord): Promise<void> {
  const mode = parseNetworkMode(record.hostConfig.NetworkMode);
  if (mode.kind === "host" || mode.kind === "container") return;
  if (record.ports.length > 0) await context.networking.ports.unpublish(record.id);
  await context.networking.removeSandbox(record.id);
  for (const endpoint of Object.values(record.endpoints)) {
    const attached = attachedEndpoint(record, endpoint);
    const network = context.records.networks.get(endpoint.networkId);
    if (!attached || !network) continue;
    await context.networking.driver(network).detach(network, attached);
    publishNetworkEvent(context, "disconnect", network, record.id);
  }
}

function publishNetworkEvent(
  context: EngineContext,
  action: "connect" | "disconnect",
  network: NetworkRecord,
  container: string,
): void {
  context.events.publish("network", action, network.id, {
    container,
    name: network.name,
    type: network.driver,
  });
}

/** Endpoints as a stopped container has them: the wish stays, the address goes. */
export function withoutAddresses(endpoints: ContainerRecord["endpoints"]): ContainerRecord["endpoints"] {
  return Object.fromEntries(
    Object.entries(endpoints).map(([name, { request, networkId }]) => [name, { request, networkId }]),
  );
}
