import { invalidArgument, messageOf } from "../errors/engine-error.ts";
import { log } from "../lib/log.ts";
import type { PublishedPort } from "../records/container-record.ts";
import type { NetworkTable } from "../records/records.ts";
import { bridgeOptions, optionNames } from "./bridge-options.ts";
import { type HostSide, hostSides } from "./host-sides.ts";
import type { NetworkKernel } from "./kernel.ts";
import type { Endpoint } from "./network.ts";
import { type RefusedPort, sideRefusal } from "./port-refusal.ts";

export interface HostSideParts {
  readonly kernel: Pick<NetworkKernel, "hasIpv6" | "routesLoopback">;
  readonly networks: Pick<NetworkTable, "get">;
  /** `--ip`: where ports go when neither the user nor the network names an address. */
  readonly defaultAddress: string;
  /** `--userland-proxy` */
  readonly mayProxy: boolean;
}

/** The addresses of the host a wished port is opened on, by the network its container is on. */
export function sidesOf(
  { kernel, networks, defaultAddress, mayProxy }: HostSideParts,
  asked: RefusedPort,
): HostSide[] {
  const { endpoint, wish } = asked;
  const network = networks.get(endpoint.networkId);
  if (network?.driver !== "bridge" || !(endpoint.ipAddress || endpoint.ipv6Address)) {
    throw invalidArgument(`network ${network?.name ?? endpoint.networkId} cannot publish ports`);
  }
  if (network.internal) {
    throw invalidArgument(`network ${network.name} is internal: ports cannot be published on it`);
  }
  const { bridge, isDefault } = bridgeOptions(network);
  // The default network only shows there what the engine's option says.
  const networkAddress = isDefault ? undefined : network.options[optionNames.hostBinding] || undefined;
  try {
    return hostSides(wish, endpoint, networkAddress, {
      defaultAddress,
      proxy: mayProxy,
      hostHasIpv6: kernel.hasIpv6(),
      routesLoopback: kernel.routesLoopback(bridge),
    });
  } catch (error) {
    throw sideRefusal(asked, error);
  }
}

/** The way that a port which is open already has to its container. */
export function sideOfOpen(
  parts: HostSideParts,
  endpoint: Endpoint,
  containerName: string,
  port: PublishedPort,
): HostSide {
  const { hostIp, hostPort, containerPort, protocol, shared } = port;
  const range = { hostPortFirst: hostPort, hostPortLast: hostPort };
  const wish = { hostIp, containerPort, protocol, ...range, ...(shared && { shared }) };
  // One with a proxy keeps it, though the engine may start no new ones any more.
  for (const mayProxy of [parts.mayProxy, true]) {
    try {
      const [side] = sidesOf({ ...parts, mayProxy }, { endpoint, containerName, wish });
      if (side) return side;
    } catch (error) {
      log.debug("a published port has lost its way", { error: messageOf(error) });
    }
  }
  return { hostIp, via: "kernel", optional: false, containerIp: endpoint.ipAddress };
}
