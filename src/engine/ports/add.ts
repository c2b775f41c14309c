import { conflict, invalidArgument } from "../../errors/engine-error.ts";
import { failpoint } from "../../lib/failpoint.ts";
import type { PortMap } from "../../records/container-config.ts";
import type { ContainerRecord, PublishedPort } from "../../records/container-record.ts";
import { publishContainerEvent } from "../containers/events.ts";
import { containerLock } from "../containers/locks.ts";
import { parseNetworkMode } from "../containers/modes.ts";
import { sharingOf, toWish } from "../containers/port-wishes.ts";
import { checkPortBindings } from "../containers/validate/network.ts";
import type { EngineContext } from "../context.ts";
import { gatewaysOf } from "../networks/endpoints.ts";
import { publishedEndpoint } from "../networks/gateways.ts";
import type { PortSpec } from "../services/ports.ts";
import { withBindings } from "./bindings.ts";
import { portText } from "./port-text.ts";

/**
 * Publishes ports of a container that exists, running or not. The process is not touched: the
 * forwarding happens in the host's network namespace.
 */
export async function addPorts(
  context: EngineContext,
  nameOrId: string,
  specs: readonly PortSpec[],
): Promise<readonly PublishedPort[]> {
  if (specs.length === 0) throw invalidArgument("no port to publish was given");
  const container = context.containers.find(nameOrId);
  return await containerLock(context, container, async () => {
    const { record } = container;
    assertCanPublish(record);
    const bindings = withBindings(record.hostConfig.PortBindings, specs);
    checkPortBindings(onlyOf(bindings, specs));
    await using undo = new AsyncDisposableStack();
    const opened = container.isRunning ? await open(context, record, specs, undo) : [];
    await failpoint("publish.add");
    context.containers.update(container, {
      hostConfig: { ...record.hostConfig, PortBindings: bindings },
      ports: [...record.ports, ...opened],
    });
    undo.move();
    for (const port of opened) {
      publishContainerEvent(context, container, "publish", { port: portText(port) });
    }
    return opened;
  });
}

async function open(
  context: EngineContext,
  record: ContainerRecord,
  specs: readonly PortSpec[],
  undo: AsyncDisposableStack,
): Promise<PublishedPort[]> {
  const endpoint = publishedEndpoint(gatewaysOf(record.id, record.endpoints));
  if (!endpoint) {
    throw conflict(`container ${record.name} is on no network that ports can be published on`);
  }
  const { ports } = context.networking;
  const wishes = specs.map((spec) => toWish(keyOf(spec), spec, sharingOf(record.config.Labels)));
  const opened = await ports.publish(endpoint, record.name, wishes);
  undo.defer(() => ports.unpublish(record.id, opened));
  return opened;
}

function assertCanPublish(record: ContainerRecord): void {
  const mode = parseNetworkMode(record.hostConfig.NetworkMode);
  if (mode.kind === "host" || mode.kind === "none" || mode.kind === "container") {
    throw conflict(
      `container ${record.name} has the network mode ${JSON.stringify(record.hostConfig.NetworkMode)}: it has no ports of its own to publish`,
    );
  }
  if (record.state.status === "removing" || record.state.status === "dead") {
    throw conflict(`container ${record.name} is being removed`);
  }
}

const keyOf = (spec: PortSpec): string => `${spec.containerPort}/${spec.protocol}`;

function onlyOf(bindings: PortMap, specs: readonly PortSpec[]): PortMap {
  return Object.fromEntries(specs.map((spec) => [keyOf(spec), bindings[keyOf(spec)] ?? null]));
}
