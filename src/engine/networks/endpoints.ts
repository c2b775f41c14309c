import { forbidden } from "../../errors/engine-error.ts";
import { span } from "../../lib/trace.ts";
import type { Endpoint, Sandbox } from "../../network/network.ts";
import type { ContainerEndpoint, ContainerRecord } from "../../records/container-record.ts";
import type { NetworkRecord } from "../../records/network-record.ts";
import type { EngineContext } from "../context.ts";
import { endpointWish } from "./endpoint-options.ts";
import { networkOf } from "./find.ts";
import { type Candidate, chooseGateways, type Gateways } from "./gateways.ts";

type Endpoints = ContainerRecord["endpoints"];

/** `host` and `none` are in a container's list of networks, but nothing is attached for them. */
export const hasInterfaces = (network: NetworkRecord): boolean =>
  network.driver !== "null" && network.driver !== "host";

/** The network of an endpoint, also when it was removed and made again under its name. */
export function networkOfEndpoint(
  context: EngineContext,
  name: string,
  endpoint: ContainerEndpoint,
): NetworkRecord {
  const network = context.records.networks.get(endpoint.networkId) ?? networkOf(context, name);
  if (network.configOnly) throw configurationOnly(network);
  return network;
}

export const configurationOnly = ({ name }: NetworkRecord) =>
  forbidden(`cannot connect to network ${name}: it is a configuration-only network`);

export interface AttachedEndpoint {
  readonly attached: Endpoint;
  /** As the container's record keeps it. */
  readonly endpoint: ContainerEndpoint;
}

export async function attachEndpoint(
  context: EngineContext,
  sandbox: Sandbox,
  network: NetworkRecord,
  { request }: Pick<ContainerEndpoint, "request">,
): Promise<AttachedEndpoint> {
  const driver = context.networking.driver(network);
  const attached = await span(`start.attach ${network.name}`, () =>
    driver.attach(network, sandbox, endpointWish(request)),
  );
  return { attached, endpoint: withAddresses(request, attached) };
}

function withAddresses(request: ContainerEndpoint["request"], attached: Endpoint): ContainerEndpoint {
  return {
    request,
    networkId: attached.networkId,
    endpointId: attached.endpointId,
    interfaceName: attached.interfaceName,
    macAddress: attached.macAddress,
    ...(attached.ipAddress && {
      ipAddress: attached.ipAddress,
      ipPrefixLength: attached.ipPrefixLength,
      gateway: attached.gateway,
    }),
    ...(attached.ipv6Address && {
      ipv6Address: attached.ipv6Address,
      ipv6PrefixLength: attached.ipv6PrefixLength ?? 0,
      ipv6Gateway: attached.ipv6Gateway ?? "",
    }),
  };
}

/** The endpoint again as the network room knows it, from what the record kept. */
export function attachedEndpoint(containerId: string, endpoint: ContainerEndpoint): Endpoint | undefined {
  if (!endpoint.endpointId || !(endpoint.ipAddress || endpoint.ipv6Address)) return undefined;
  const { sysctls } = endpointWish(endpoint.request);
  return {
    endpointId: endpoint.endpointId,
    networkId: endpoint.networkId,
    containerId,
    interfaceName: endpoint.interfaceName ?? "eth0",
    macAddress: endpoint.macAddress ?? "",
    ipAddress: endpoint.ipAddress ?? "",
    ipPrefixLength: endpoint.ipPrefixLength ?? 0,
    gateway: endpoint.gateway ?? "",
    ...(endpoint.ipv6Address && {
      ipv6Address: endpoint.ipv6Address,
      ipv6PrefixLength: endpoint.ipv6PrefixLength ?? 0,
      ipv6Gateway: endpoint.ipv6Gateway ?? "",
    }),
    ...(sysctls && { sysctls }),
  };
}

export function attachedEndpoints(containerId: string, endpoints: Endpoints): Endpoint[] {
  return Object.values(endpoints).flatMap((endpoint) => attachedEndpoint(containerId, endpoint) ?? []);
}

/** Where the default routes of a container with these endpoints lead. */
export function gatewaysOf(containerId: string, endpoints: Endpoints): Gateways {
  const candidates = Object.entries(endpoints).flatMap(([networkName, endpoint]): Candidate[] => {
    const attached = attachedEndpoint(containerId, endpoint);
    if (!attached) return [];
    return [{ networkName, priority: endpoint.request.GwPriority ?? 0, endpoint: attached }];
  });
  return chooseGateways(candidates);
}

/** Endpoints as a stopped container has them: the wish stays, the address goes. */
export function withoutAddresses(endpoints: Endpoints): Endpoints {
  return Object.fromEntries(
    Object.entries(endpoints).map(([name, { request, networkId }]) => [name, { request, networkId }]),
  );
}

export function publishNetworkEvent(
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
