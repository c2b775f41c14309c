import { closeSync, openSync } from "node:fs";
import { internal } from "../../errors/engine-error.ts";
import { netlinkInNamespace, writeSysctlsInNamespace } from "../namespaces.ts";
import type { NeighbourAnnouncer } from "../neighbour-announcer.ts";
import { addAddress } from "./addresses.ts";
import type { InterfaceAddress } from "./bridge.ts";
import { deleteLink, findLink, type Link, setBridgePort, setLinkUp, withoutAutomaticIpv6 } from "./links.ts";
import { withKind } from "./macvlan-parent.ts";
import { placeOnPort, setNeighbour } from "./neighbours.ts";
import { addMacvlan, addVeth, type MacvlanMode } from "./new-links.ts";
import { NETLINK_ROUTE, NetlinkSocket } from "./socket.ts";

/** The interface inside a container. */
export interface InnerLink {
  readonly namespacePath: string;
  /** Its name, or the beginning of one: the first of `eth0`, `eth1` … that is free. */
  readonly naming: { readonly name: string } | { readonly prefix: string };
  readonly mtu: number;
  readonly macAddress: string;
  readonly addresses: readonly InterfaceAddress[];
  /** Settings of the interface, `IFNAME` standing for its name: `net.ipv4.conf.IFNAME.arp_notify`. */
  readonly sysctls: Readonly<Record<string, string>>;
}

export interface BridgedLink extends InnerLink {
  readonly hostLink: string;
  readonly bridge: string;
  readonly group: number;
  readonly isolated: boolean;
}

export interface MacvlanLink extends InnerLink {
  readonly parent: string;
  readonly mode: MacvlanMode;
}

/**
 * A pair of interfaces, one a port of the bridge, the other in the namespace with its addresses.
 * The inner end is born in the namespace, so nothing is moved or renamed. Gives the inner name.
 * After a failure the host link may be left for the caller.
 */
export function connectToBridge(plan: BridgedLink, announcer: NeighbourAnnouncer): string {
  using host = new NetlinkSocket(NETLINK_ROUTE);
  using inside = netlinkInNamespace(plan.namespacePath);
  const bridge = required(host, plan.bridge);
  const innerName = nameInside(inside, plan.naming);
  withNamespaceFile(plan.namespacePath, (peerNamespaceFd) =>
    host.change(
      `make interface "${plan.hostLink}"`,
      addVeth({
        name: plan.hostLink,
        bridgeIndex: bridge.index,
        group: plan.group,
        mtu: plan.mtu,
        peerName: innerName,
        peerMacAddress: plan.macAddress,
        peerNamespaceFd,
      }),
    ),
  );
  raiseHostSide(host, plan, bridge);
  configureInside(inside, plan, required(inside, innerName));
  for (const { address } of plan.addresses) announcer.announce(bridge.index, address, plan.macAddress);
  return innerName;
}

/** An interface of its own on the parent's link, born in the namespace. */
export function connectToParent(plan: MacvlanLink): { readonly name: string; readonly macAddress: string } {
  using host = new NetlinkSocket(NETLINK_ROUTE);
  using inside = netlinkInNamespace(plan.namespacePath);
  const parent = required(host, plan.parent);
  const name = nameInside(inside, plan.naming);
  const { mode, mtu, macAddress } = plan;
  withNamespaceFile(plan.namespacePath, (namespaceFd) =>
    withKind("macvlan", "macvlan", () =>
      host.change(
        `make interface "${name}" on "${plan.parent}"`,
        addMacvlan({ name, parentIndex: parent.index, mode, mtu, macAddress, namespaceFd }),
      ),
    ),
  );
  const link = required(inside, name);
  try {
    configureInside(inside, plan, link);
  } catch (error) {
    inside.changeAll(`remove "${name}"`, [deleteLink(link.index)]);
    throw error;
  }
  return { name, macAddress: link.macAddress };
}

function withNamespaceFile(path: string, work: (fd: number) => void): void {
  const fd = openSync(path, "r");
  try {
    work(fd);
  } finally {
    closeSync(fd);
  }
}

/**
 * An address may have belonged to another container a moment ago, and its interface may still
 * be dying. So bridge and host are told the new place at once instead of being left to learn.
 */
function raiseHostSide(host: NetlinkSocket, plan: BridgedLink, bridge: Link): void {
  const port = required(host, plan.hostLink);
  // The first one fails on a kernel without IPv6, where there is nothing to switch off.
  const [, ...failures] = host.changeAll(`configure interface "${plan.hostLink}"`, [
    withoutAutomaticIpv6(port.index),
    placeOnPort(port.index, plan.macAddress),
    setLinkUp(port.index),
    ...(plan.isolated ? [setBridgePort(port.index, { isolated: true })] : []),
  ]);
  throwFirst(failures);
  // Only a hint: the host finds out by itself where an address is.
  host.changeAll(
    `note the neighbour of "${plan.hostLink}"`,
    plan.addresses.map(({ address }) => setNeighbour(bridge.index, address, plan.macAddress)),
  );
}

function configureInside(inside: NetlinkSocket, plan: InnerLink, link: Link): void {
  const sysctls = Object.entries(plan.sysctls).map(
    ([name, value]) =>
      [name.split(".").map((part) => (part === "IFNAME" ? link.name : part)), value] as const,
  );
  if (sysctls.length > 0) writeSysctlsInNamespace(plan.namespacePath, sysctls);
  const [, ...failures] = inside.changeAll(`configure "${link.name}" in the container`, [
    withoutAutomaticIpv6(link.index),
    ...plan.addresses.map((address) => addAddress({ linkIndex: link.index, ...address })),
    setLinkUp(link.index),
  ]);
  throwFirst(failures);
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

function nameInside(inside: NetlinkSocket, naming: InnerLink["naming"]): string {
  if ("name" in naming) return naming.name;
  let number = 0;
  while (findLink(inside, `${naming.prefix}${number}`)) number++;
  return `${naming.prefix}${number}`;
}
