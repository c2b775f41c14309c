import { readFileSync } from "node:fs";
import type { NamedEndpoint, ResolvedContainer } from "../../network/names.ts";
import { resolverLine, searchesFirst } from "../../network/resolv-conf.ts";
import type { EndpointRequest } from "../../records/container-config.ts";
import type { ContainerEndpoint, ContainerRecord } from "../../records/container-record.ts";
import type { NetworkRecord } from "../../records/network-record.ts";
import { containerPaths } from "../containers/directories.ts";
import { parseLink } from "../containers/links.ts";
import type { LiveContainer } from "../containers/live-container.ts";
import type { EngineContext } from "../context.ts";
import { gatesNames, standsBack } from "../health/stands-back.ts";
import { gatewaysOf, hasInterfaces } from "./endpoints.ts";
import { isPredefinedNetwork } from "./predefined.ts";

type Endpoints = ContainerRecord["endpoints"];

/** On networks of users names are looked up at the resolver; the default bridge never had that. */
export const hasNames = (network: NetworkRecord): boolean =>
  hasInterfaces(network) && !isPredefinedNetwork(network.name);

interface Joined {
  readonly endpoint: ContainerEndpoint;
  readonly network: NetworkRecord;
}

/** The network whose names come first is first: by gateway priority, then by name. */
function joined(context: EngineContext, endpoints: Endpoints): Joined[] {
  const priority = ({ endpoint }: Joined) => endpoint.request.GwPriority ?? 0;
  return Object.values(endpoints)
    .flatMap((endpoint) => {
      const network = context.records.networks.get(endpoint.networkId);
      return network ? [{ endpoint, network }] : [];
    })
    .sort((a, b) => priority(b) - priority(a) || (a.network.name < b.network.name ? -1 : 1));
}

export function usesResolver(context: EngineContext, endpoints: Endpoints): boolean {
  return joined(context, endpoints).some(({ network }) => hasNames(network));
}

/** As the resolver shall know a container that has these endpoints. */
export function resolvedContainer(
  context: EngineContext,
  container: LiveContainer,
  endpoints: Endpoints,
  sandboxPath: string,
): ResolvedContainer {
  const { record } = container;
  const all = joined(context, endpoints);
  const named = all.filter(({ network }) => hasNames(network));
  const { hostConfig } = record;
  const or = (own: readonly string[], engineWide: readonly string[]) => (own.length > 0 ? own : engineWide);
  return {
    containerId: record.id,
    sandboxPath,
    endFile: context.runtime.endFile(record.id),
    endpoints: named.map((one) => namedEndpoint(record, one)),
    ownNames: Object.assign({}, ...named.map(({ endpoint }) => linkedNames(context, endpoint.request))),
    hostAddresses: hostAddresses(context, record.id, endpoints),
    asksOutside: all.some(({ network }) => hasInterfaces(network) && !network.internal),
    servers: or(hostConfig.Dns, context.settings.dns),
    ...(gatesNames(record) && standsBack(container) && { standsBack: true }),
    searchFirst: searchesFirst(or(hostConfig.DnsOptions, context.settings.dnsOptions)),
  };
}

function namedEndpoint(record: ContainerRecord, { endpoint, network }: Joined): NamedEndpoint {
  const { ipAddress, ipv6Address } = endpoint;
  return {
    networkId: network.id,
    networkName: network.name,
    addresses: [ipAddress, ipv6Address].flatMap((address) => address || []),
    names: namesOf(record, endpoint),
  };
}

/** What others on a network of users may call a container. Its own name is the one of its addresses. */
export function namesOf({ name, id, config }: ContainerRecord, { request }: ContainerEndpoint): string[] {
  const names = [name, ...(request.Aliases ?? []), id.slice(0, 12), config.Hostname];
  return [...new Set(names.filter((one) => one !== ""))];
}

/** `--link other:alias` on a network of users. The short id comes first: it outlives a rename. */
function linkedNames(context: EngineContext, { Links }: EndpointRequest): Record<string, string[]> {
  return Object.fromEntries(
    (Links ?? []).map((text) => {
      const link = parseLink(text);
      const other = context.containers.lookUp(link.container);
      const names = other ? [other.id.slice(0, 12), other.record.name] : [link.container];
      return [link.alias.toLowerCase(), names];
    }),
  );
}

/**
 * What `host.docker.internal` stands for: the operator's choice, else the host's end of the bridge
 * that the container's way out leads over. The gateway of a macvlan network is another machine.
 */
export function hostAddresses(context: EngineContext, containerId: string, endpoints: Endpoints): string[] {
  const { hostGatewayAddresses } = context.settings;
  const { ipv4, ipv6 } = gatewaysOf(containerId, endpoints);
  if (hostGatewayAddresses.length > 0) return ipv4 || ipv6 ? [...hostGatewayAddresses] : [];
  const isBridge = (networkId: string) => context.records.networks.get(networkId)?.driver === "bridge";
  return [
    ...(ipv4 && isBridge(ipv4.networkId) ? [ipv4.gateway] : []),
    ...(ipv6?.ipv6Gateway && isBridge(ipv6.networkId) ? [ipv6.ipv6Gateway] : []),
  ];
}

/** Tells the resolver who a starting container is; to be awaited before its process runs. */
export async function announceNames(
  context: EngineContext,
  container: LiveContainer,
  endpoints: Endpoints,
  sandboxPath: string,
): Promise<void> {
  if (!usesResolver(context, endpoints)) return;
  await context.names.announce(resolvedContainer(context, container, endpoints, sandboxPath));
}

/** After something that names depend on changed about a running container. */
export async function namesChanged(context: EngineContext, container: LiveContainer): Promise<void> {
  const known = knownToResolver(context, container);
  if (known) await context.names.announce(known);
}

/** Also a container that has left its last such network: its file of name servers still names the resolver. */
function knownToResolver(context: EngineContext, container: LiveContainer): ResolvedContainer | undefined {
  const { record } = container;
  const sandbox = context.networking.sandbox(record.id);
  if (!sandbox || !(usesResolver(context, record.endpoints) || asksResolver(context, record)))
    return undefined;
  return resolvedContainer(context, container, record.endpoints, sandbox.path);
}

function asksResolver(context: EngineContext, record: ContainerRecord): boolean {
  try {
    return readFileSync(containerPaths(context, record).resolvConf, "utf8").includes(resolverLine);
  } catch {
    return false;
  }
}

/** When an engine starts: the resolver knows exactly the containers that run. */
export async function restoreNames(
  context: EngineContext,
  isRunning: (id: string) => boolean,
): Promise<string[]> {
  const running = context.containers.all().filter((container) => isRunning(container.id));
  return await context.names.restore(
    running.flatMap((container) => knownToResolver(context, container) ?? []),
  );
}
