import { networkInterfaces } from "node:os";
import { addressBytes } from "../lib/ip.ts";
import { forgetDatagramFlows } from "../sys/connection-tracking.ts";
import { applyRules, chainsOf, forwardDroppers, listMap } from "../sys/firewall.ts";
import { listRules, previewRules } from "../sys/firewall-listing.ts";
import { enableIpv6Forwarding } from "../sys/ipv6-forwarding.ts";
import {
  createNetworkNamespace,
  dropNetworkNamespace,
  listNetworkNamespaces,
  netlinkInNamespace,
  prepareNamespaceDirectory,
  releaseNamespaceDirectory,
} from "../sys/namespaces.ts";
import { NeighbourAnnouncer } from "../sys/neighbour-announcer.ts";
import { listAddresses } from "../sys/netlink/addresses.ts";
import { bridgeFaults, ensureBridge } from "../sys/netlink/bridge.ts";
import { connectToBridge, connectToParent } from "../sys/netlink/container-link.ts";
import { hasDefaultRoutes, setDefaultRoutes } from "../sys/netlink/default-routes.ts";
import { findLink, type Link, listLinks, setBridgePort, setLinkMaster } from "../sys/netlink/links.ts";
import { ensureParent } from "../sys/netlink/macvlan-parent.ts";
import { u16be } from "../sys/netlink/message.ts";
import { removeLinkInside, removeLinks } from "../sys/netlink/remove-links.ts";
import { listRoutes } from "../sys/netlink/routes.ts";
import { changeElements, type ElementChange } from "../sys/netlink/rule-elements.ts";
import { NETLINK_NETFILTER, NETLINK_ROUTE, NetlinkSocket } from "../sys/netlink/socket.ts";
import { findPortHolder } from "../sys/port-holder.ts";
import { reservePort } from "../sys/ports.ts";
import { hasIpv6, readSysctl, writeSysctl } from "../sys/sysctl.ts";
import type { NetworkKernel, Protocol, PublishedChange } from "./kernel.ts";
import type { InterfaceCounters } from "./network.ts";
import { anyAddressMap, isAnyAddress, oneAddressMap } from "./plan-published.ts";
import { tableFamilyOf } from "./table-family.ts";

const withHost = <T>(work: (socket: NetlinkSocket) => T): T => {
  using socket = new NetlinkSocket(NETLINK_ROUTE);
  return work(socket);
};

/**
 * The kernel of the network namespace the engine lives in. Sockets whose closing is slow are
 * opened on first use and kept until `close`.
 */
export function openLinuxKernel(): NetworkKernel {
  let announcer: NeighbourAnnouncer | undefined;
  let netfilter: NetlinkSocket | undefined;
  const netfilterSocket = () => {
    netfilter ??= new NetlinkSocket(NETLINK_NETFILTER);
    return netfilter;
  };
  return {
    prepareNamespaces: prepareNamespaceDirectory,
    releaseNamespaces: releaseNamespaceDirectory,
    namespaces: listNetworkNamespaces,
    createNamespace: createNetworkNamespace,
    dropNamespace: dropNetworkNamespace,

    links: () => withHost((socket) => listLinks(socket)),
    portsOf: (bridge) =>
      withHost((socket) => {
        const link = findLink(socket, bridge);
        return link
          ? listLinks(socket, { master: link.index }).filter((port) => port.master === link.index)
          : [];
      }),
    link: (name) => withHost((socket) => findLink(socket, name)),
    deleteLinks: removeLinks,
    createBridge: ensureBridge,
    bridgeFaults,
    addressesOf: (name) =>
      withHost((socket) => {
        const link = findLink(socket, name);
        return link ? listAddresses(socket, link.index) : [];
      }),
    routes: () =>
      withHost((socket) => {
        const names = new Map(listLinks(socket).map((link) => [link.index, link.name]));
        return listRoutes(socket).map((route) => ({
          destination: route.destination,
          link: names.get(route.linkIndex) ?? "",
        }));
      }),
    attach: (plan) => {
      announcer ??= new NeighbourAnnouncer();
      return connectToBridge(plan, announcer);
    },
    attachMacvlan: connectToParent,
    ensureParent,
    deleteInside: removeLinkInside,
    insideLinks: (path) => {
      using inside = netlinkInNamespace(path);
      return listLinks(inside)
        .map((link) => link.name)
        .filter((name) => name !== "lo");
    },
    setDefaultRoutes,
    hasDefaultRoutes,
    setMaster: (name, bridge, settings) =>
      withHost((socket) => {
        const [port, master] = [findLink(socket, name), findLink(socket, bridge)];
        if (!port || !master) return;
        socket.change(`put "${name}" on bridge "${bridge}"`, setLinkMaster(port.index, master.index));
        socket.change(`configure "${name}" on bridge "${bridge}"`, setBridgePort(port.index, settings));
      }),
    setHairpin: (name) =>
      withHost((socket) => {
        const link = findLink(socket, name);
        if (link)
          socket.change(`set hairpin mode of "${name}"`, setBridgePort(link.index, { hairpin: true }));
      }),
    counters: (path) => {
      using inside = netlinkInNamespace(path);
      return Object.fromEntries(
        listLinks(inside, { counters: true })
          .filter((link) => link.name !== "lo")
          .map((link) => [link.name, countersOf(link)]),
      );
    },

    enableForwarding: () => writeSysctl("net.ipv4.ip_forward", "1"),
    enableIpv6Forwarding,
    forwardDroppers,
    hostAddresses: () =>
      Object.entries(networkInterfaces()).flatMap(([link, addresses]) =>
        (addresses ?? []).map(({ address }) => ({ link, address })),
      ),
    chainsOf,
    hasIpv6,
    listMap,
    applyRules,
    listRules,
    previewRules,
    changePublished: (table, changes) =>
      changeElements(netfilterSocket(), table, changes.map(publishedElement)),
    forgetDatagrams: (address, port, container) => {
      forgetDatagramFlows(netfilterSocket(), address, port, container);
    },

    routesLoopback: (bridge) => readSysctl(["net", "ipv4", "conf", bridge, "route_localnet"]) !== "0",
    reserve: reservePort,
    holder: (protocol, address, port) => {
      const holder = findPortHolder(protocol, address, port);
      return holder && `process ${JSON.stringify(holder.process)} with pid ${holder.pid}`;
    },

    close: () => {
      announcer?.[Symbol.dispose]();
      netfilter?.[Symbol.dispose]();
      announcer = undefined;
      netfilter = undefined;
    },
  };
}

/** The order of `struct rtnl_link_stats64`. */
function countersOf(link: Link): InterfaceCounters {
  const at = (index: number): number => Number(link.counters[index] ?? 0n);
  return {
    rxPackets: at(0),
    txPackets: at(1),
    rxBytes: at(2),
    txBytes: at(3),
    rxErrors: at(4),
    txErrors: at(5),
    rxDropped: at(6),
    txDropped: at(7),
  };
}

const protocolNumbers: Readonly<Record<Protocol, number>> = { tcp: 6, udp: 17, sctp: 132 };

/** Concatenated fields of a key or value each take a multiple of four bytes. */
const padded = (data: Uint8Array): Buffer => Buffer.concat([data, Buffer.alloc(4 - data.length)]);

function publishedElement(change: PublishedChange): ElementChange {
  const isAny = isAnyAddress(change.hostIp);
  return {
    family: tableFamilyOf(change.hostIp),
    set: isAny ? anyAddressMap : oneAddressMap,
    add: change.add,
    key: Buffer.concat([
      isAny ? Buffer.alloc(0) : addressBytes(change.hostIp),
      padded(Buffer.from([protocolNumbers[change.protocol]])),
      padded(u16be(change.hostPort)),
    ]),
    value: Buffer.concat([addressBytes(change.containerIp), padded(u16be(change.containerPort))]),
  };
}
