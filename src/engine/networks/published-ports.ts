import type { PortWish } from "../../network/network.ts";
import type { ContainerRecord, PublishedPort } from "../../records/container-record.ts";
import { portWishes } from "../containers/port-wishes.ts";
import type { EngineContext } from "../context.ts";
import { type Gateways, publishedEndpoint, sameGateways } from "./gateways.ts";

/**
 * A running container's published ports follow its default routes to another network. They keep
 * their numbers on the host. Gives the ports as they are afterwards.
 */
export async function movePorts(
  context: EngineContext,
  record: ContainerRecord,
  before: Gateways,
  after: Gateways,
): Promise<readonly PublishedPort[]> {
  if (sameGateways(before, after)) return record.ports;
  const { ports } = context.networking;
  const wishes =
    record.ports.length > 0 ? record.ports.map(samePort) : portWishes(record.config, record.hostConfig);
  if (wishes.length === 0) return record.ports;
  if (record.ports.length > 0) await ports.unpublish(record.id);
  const endpoint = publishedEndpoint(after);
  if (!endpoint) return [];
  try {
    return await ports.publish(endpoint, record.name, wishes);
  } catch (error) {
    const old = publishedEndpoint(before);
    if (old && record.ports.length > 0) await ports.publish(old, record.name, wishes);
    throw error;
  }
}

const samePort = (port: PublishedPort): PortWish => ({
  containerPort: port.containerPort,
  protocol: port.protocol,
  hostIp: port.hostIp,
  hostPortFirst: port.hostPort,
  hostPortLast: port.hostPort,
  // The network it moves to may be without IPv6.
  optional: port.hostIp === "::",
  ...(port.shared && { shared: true }),
  ...(port.group !== undefined && { group: port.group }),
});
