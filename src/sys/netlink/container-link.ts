import { closeSync, openSync } from "node:fs";
import { internal } from "../../errors/engine-error.ts";
import type { ArpAnnouncer } from "../arp.ts";
import { netlinkInNamespace } from "../namespaces.ts";
import { addAddress } from "./addresses.ts";
import { addVeth, findLink, type Link, setBridgePort, setLinkUp, withoutAutomaticIpv6 } from "./links.ts";
import { ipv4Bytes } from "./message.ts";
import { placeOnPort, setNeighbour } from "./neighbours.ts";
import { addDefaultRoute } from "./routes.ts";
import { NETLINK_ROUTE, NetlinkSocket } from "./socket.ts";

export interface ContainerLink {
  readonly namespacePath: string;
  readonly hostLink: string;
  readonly bridge: string;
  readonly group: number;
  readonly mtu: number;
  readonly macAddress: string;
  readonly address: string;
  readonly prefixLength: number;
  readonly broadcast: string;
  readonly gateway?: string;
  readonly isolated: boolean;
}

/**
 * A pair of interfaces, one a port of the bridge, the other `ethN` in the namespace with its
 * address and default route. The inner end is born in the namespace, so nothing is moved or
 * renamed. Gives the inner name. After a failure the host link may be left for the caller.
 */
export function connectToBridge(plan: ContainerLink, arp: ArpAnnouncer): string {
  using host = new NetlinkSocket(NETLINK_ROUTE);
  using inside = netlinkInNamespace(plan.namespacePath);
  const bridge = required(host, plan.bridge);
  const innerName = freeName(inside);
  const namespaceFd = openSync(plan.namespacePath, "r");
  try {
    host.change(
      `make interface "${plan.hostLink}"`,
      addVeth({
        name: plan.hostLink,
        bridgeIndex: bridge.index,
        group: plan.group,
        mtu: plan.mtu,
        peerName: innerName,
        peerMacAddress: plan.macAddress,
        peerNamespaceFd: namespaceFd,
      }),
    );
  } finally {
    closeSync(namespaceFd);
  }
  raiseHostSide(host, plan, bridge);
  configureInside(inside, plan, required(inside, innerName));
  arp.announce(bridge.index, plan.address, plan.macAddress);
  return innerName;
}

/**
 * An address may have belonged to another container a moment ago, and its interface may still
 * be dying. So bridge and host are told the new place at once instead of being left to learn.
 */
function raiseHostSide(host: NetlinkSocket, plan: ContainerLink, bridge: Link): void {
  const port = required(host, plan.hostLink);
  const [, , ...failures] = host.changeAll(`configure interface "${plan.hostLink}"`, [
    // Fails on a kernel without IPv6, where there is nothing to switch off.
    withoutAutomaticIpv6(port.index),
    setNeighbour(bridge.index, ipv4Bytes(plan.address), plan.macAddress),
    placeOnPort(port.index, plan.macAddress),
    setLinkUp(port.index),
    ...(plan.isolated ? [setBridgePort(port.index, { isolated: true })] : []),
  ]);
  throwFirst(failures);
}

function configureInside(inside: NetlinkSocket, plan: ContainerLink, link: Link): void {
  const [, ...failures] = inside.changeAll(`configure "${link.name}" in the container`, [
    withoutAutomaticIpv6(link.index),
    addAddress({
      linkIndex: link.index,
      address: plan.address,
      prefixLength: plan.prefixLength,
      broadcast: plan.broadcast,
    }),
    setLinkUp(link.index),
  ]);
  throwFirst(failures);
  // A second network of a container keeps the way out that the first one gave it.
  if (plan.gateway && link.name === "eth0") {
    inside.change("set the container's default route", addDefaultRoute(plan.gateway, link.index));
  }
}

function throwFirst(failures: readonly (Error | undefined)[]): void {
  const failure = failures.find((error) => error !== undefined);
  if (failure) throw failure;
}

function required(socket: NetlinkSocket, name: string): Link {
  const link = findLink(socket, name);
  if (!link) throw internal(`network interface "${name}" is not there`);
  return link;
}

function freeName(inside: NetlinkSocket): string {
  let number = 0;
  while (findLink(inside, `eth${number}`)) number++;
  return `eth${number}`;
}
