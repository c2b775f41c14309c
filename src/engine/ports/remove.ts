import { invalidArgument, notFound } from "../../errors/engine-error.ts";
import { failpoint } from "../../lib/failpoint.ts";
import type { HostConfig } from "../../records/container-config.ts";
import type { ContainerRecord, PublishedPort } from "../../records/container-record.ts";
import { publishContainerEvent } from "../containers/events.ts";
import { containerLock } from "../containers/locks.ts";
import { portWishes } from "../containers/port-wishes.ts";
import type { EngineContext } from "../context.ts";
import type { PortSpec } from "../services/ports.ts";
import { withoutPorts } from "./bindings.ts";
import { portText } from "./port-text.ts";

/** Closes published ports of a container, now and for its next starts. */
export async function removePorts(
  context: EngineContext,
  nameOrId: string,
  specs: readonly PortSpec[],
): Promise<readonly PublishedPort[]> {
  if (specs.length === 0) throw invalidArgument("no port to close was given");
  const container = context.containers.find(nameOrId);
  return await containerLock(context, container, async () => {
    const { record } = container;
    const open = container.isRunning ? record.ports : wishedPorts(record);
    const closed = open.filter((port) => specs.some((spec) => matches(spec, port)));
    const missing = specs.find((spec) => !open.some((port) => matches(spec, port)));
    if (missing) {
      throw notFound(`container ${record.name} does not publish ${specText(missing)}`);
    }
    const left = open.filter((port) => !closed.includes(port));
    // The record first: an engine that dies here closes the ports when it comes back.
    context.containers.update(container, {
      hostConfig: withoutClosed(record, closed, left),
      ...(container.isRunning && { ports: left }),
    });
    await failpoint("publish.remove");
    await context.networking.ports.unpublish(record.id, closed);
    for (const port of closed) {
      publishContainerEvent(context, container, "unpublish", { port: portText(port) });
    }
    return closed;
  });
}

/** `-P` would open it again at the next start: what else it published is written down instead. */
function withoutClosed(
  record: ContainerRecord,
  closed: readonly PublishedPort[],
  left: readonly PublishedPort[],
): HostConfig {
  const { hostConfig, config } = record;
  let bindings = hostConfig.PortBindings;
  if (hostConfig.PublishAllPorts) {
    const all = Object.keys(config.ExposedPorts ?? {}).filter((port) => !(port in bindings));
    bindings = { ...bindings, ...Object.fromEntries(all.map((port) => [port, null])) };
  }
  return {
    ...hostConfig,
    PublishAllPorts: false,
    PortBindings: withoutPorts(bindings, closed, left),
  };
}

/** What a stopped container would publish; ports the kernel would choose are 0. */
function wishedPorts(record: ContainerRecord): PublishedPort[] {
  return portWishes(record.config, record.hostConfig).map((wish) => ({
    containerPort: wish.containerPort,
    protocol: wish.protocol,
    hostIp: wish.hostIp,
    hostPort: wish.hostPortFirst,
    ...(wish.shared && { shared: true }),
  }));
}

function matches(spec: PortSpec, port: PublishedPort): boolean {
  if (spec.protocol !== port.protocol) return false;
  if (spec.containerPort !== undefined && spec.containerPort !== port.containerPort) return false;
  if (spec.HostIp !== "" && spec.HostIp !== port.hostIp) return false;
  return spec.HostPort === "" || Number(spec.HostPort) === port.hostPort;
}

function specText({ HostIp, HostPort, containerPort, protocol }: PortSpec): string {
  const address = HostIp.includes(":") ? `[${HostIp}]:` : HostIp && `${HostIp}:`;
  return `${address}${HostPort}${containerPort === undefined ? "" : `:${containerPort}`}/${protocol}`;
}
