import { conflict, notFound } from "../../errors/engine-error.ts";
import { span } from "../../lib/trace.ts";
import type { ContainerEndpoint, ContainerRecord, PublishedPort } from "../../records/container-record.ts";
import type { NamespaceChoice } from "../../runtime/runtime.ts";
import type { EngineContext } from "../context.ts";
import { gatesPorts, standsBack } from "../health/stands-back.ts";
import {
  attachEndpoint,
  attachedEndpoint,
  gatewaysOf,
  hasInterfaces,
  networkOfEndpoint,
  publishNetworkEvent,
} from "../networks/endpoints.ts";
import { publishedEndpoint } from "../networks/gateways.ts";
import { announceNames } from "../networks/names.ts";
import type { LiveContainer } from "./live-container.ts";
import { parseNetworkMode } from "./modes.ts";
import { portWishes } from "./port-wishes.ts";

export interface JoinedNetworks {
  readonly namespace: NamespaceChoice;
  readonly endpoints: Readonly<Record<string, ContainerEndpoint>>;
  readonly ports: readonly PublishedPort[];
  /** The resolver knows the container. Waited for before its process runs; meanwhile other things are done. */
  readonly named?: Promise<void>;
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
  const takeBack = [() => context.names.withdraw(record.id), () => networking.removeSandbox(record.id)];
  undo.defer(async () => {
    for (const step of takeBack) await step();
  });
  const namespace: NamespaceChoice = { kind: "path", path: sandbox.path };
  if (record.config.NetworkDisabled) return { namespace, endpoints: record.endpoints, ports: [] };

  const endpoints: Record<string, ContainerEndpoint> = {};
  for (const [name, endpoint] of Object.entries(record.endpoints)) {
    const network = networkOfEndpoint(context, name, endpoint);
    if (!hasInterfaces(network)) {
      endpoints[name] = endpoint;
      continue;
    }
    const made = await attachEndpoint(context, sandbox, network, endpoint);
    takeBack.push(() => networking.driver(network).detach(network, made.attached));
    publishNetworkEvent(context, "connect", network, record.id);
    endpoints[name] = made.endpoint;
  }
  const gateways = gatewaysOf(record.id, endpoints);
  if (gateways.ipv4 || gateways.ipv6) networking.setGateways(record.id, gateways);
  const named = announceNames(context, container, endpoints, sandbox.path);
  // Whoever waits for it hears of a failure; a start that fails before that does not.
  named.catch(() => {});
  const wishes = portWishes(record.config, record.hostConfig);
  const endpoint = publishedEndpoint(gateways);
  if (wishes.length === 0 || !endpoint) return { namespace, endpoints, ports: [], named };
  undo.defer(() => networking.ports.unpublish(record.id));
  const ports = await span("start.publish", () =>
    networking.ports.publish(endpoint, record.name, wishes, gatesPorts(record) && standsBack(container)),
  );
  return { namespace, endpoints, ports, named };
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

/** Takes back what `joinNetworks` gave, after the container's end. Repeating it is fine. */
export async function leaveNetworks(context: EngineContext, record: ContainerRecord): Promise<void> {
  const mode = parseNetworkMode(record.hostConfig.NetworkMode);
  if (mode.kind === "host" || mode.kind === "container") return;
  if (record.ports.length > 0) await context.networking.ports.unpublish(record.id);
  await context.names.withdraw(record.id);
  await context.networking.removeSandbox(record.id);
  for (const endpoint of Object.values(record.endpoints)) {
    const attached = attachedEndpoint(record.id, endpoint);
    const network = context.records.networks.get(endpoint.networkId);
    if (!attached || !network) continue;
    await context.networking.driver(network).detach(network, attached);
    publishNetworkEvent(context, "disconnect", network, record.id);
  }
}
