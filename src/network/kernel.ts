import type { InterfaceCounters } from "./network.ts";
import type { TableFamily } from "./table-family.ts";

/**
 * What this room asks of the kernel. `linux-kernel.ts` is the real one; tests pass a
 * recording one. Synchronous calls take well under a millisecond.
 */
export interface NetworkKernel {
  prepareNamespaces(directory: string): void;
  /** Only when no namespace is left in it. */
  releaseNamespaces(directory: string): void;
  namespaces(directory: string): string[];
  createNamespace(path: string): void;
  dropNamespace(path: string): void;

  links(): HostLink[];
  link(name: string): HostLink | undefined;
  /** The interfaces on a bridge; none where there is no such bridge. */
  portsOf(bridge: string): HostLink[];
  /** Slow (the kernel's grace periods), so it happens outside this process's thread. Missing is fine. */
  deleteLinks(names: readonly string[]): Promise<void>;
  /** Makes it be there as planned. */
  createBridge(bridge: BridgePlan): void;
  /** In what a bridge that is there differs from the plan. */
  bridgeFaults(bridge: BridgePlan): string[];
  addressesOf(name: string): { readonly address: string; readonly prefixLength: number }[];
  /** Destinations this machine has routes to, with the link they go through. */
  routes(): { readonly destination: string; readonly link: string }[];
  /** Gives the name of the interface inside. */
  attach(plan: AttachPlan): string;
  /** In passthru mode the hardware address is the parent's. */
  attachMacvlan(plan: MacvlanPlan): { readonly name: string; readonly macAddress: string };
  /** Makes the link macvlan networks are on, unless it is there. */
  ensureParent(parent: ParentPlan): void;
  /** Takes an interface out of a namespace. Missing is fine. */
  deleteInside(namespacePath: string, name: string): Promise<void>;
  /** Interfaces in a namespace, loopback left out. */
  insideLinks(namespacePath: string): string[];
  /** Makes these the default routes of a namespace, one a family; a family left out has none afterwards. */
  setDefaultRoutes(namespacePath: string, routes: DefaultRoutes): void;
  /** Which families a namespace has a default route of. */
  hasDefaultRoutes(namespacePath: string): { readonly ipv4: boolean; readonly ipv6: boolean };
  /** Makes a link a port of the bridge again; one that is taken off forgets its settings. */
  setMaster(link: string, bridge: string, port: PortSettings): void;
  setHairpin(link: string): void;
  counters(path: string): Readonly<Record<string, InterfaceCounters>>;

  /** Turns forwarding on; tells whether it was off. */
  enableForwarding(): boolean;
  /** The same for IPv6; interfaces that take their addresses from routers go on doing so. */
  enableIpv6Forwarding(): boolean;
  /** Foreign firewall chains that drop forwarded packets by default. */
  forwardDroppers(ownTable: string): Promise<string[]>;
  /** Addresses of all interfaces. */
  hostAddresses(): { readonly link: string; readonly address: string }[];
  /** Names of the chains in our tables; none where a table is not loaded. */
  chainsOf(table: string): Promise<Readonly<Record<TableFamily, readonly string[]>>>;
  /** Whether this machine has IPv6 at all. */
  hasIpv6(): boolean;
  listMap(family: TableFamily, table: string, map: string): Promise<{ key: string[]; value: string[] }[]>;
  applyRules(script: string): Promise<void>;
  /** All rules and elements of the tables of a name, one text for each, comparable. */
  listRules(table: string): Promise<string[]>;
  /** What `listRules` would give with this script loaded on a machine without rules. */
  previewRules(table: string, script: string): Promise<string[]>;
  changePublished(table: string, changes: readonly PublishedChange[]): void;
  /** With `containerIp` only flows that lead there. */
  forgetDatagrams(address: string, port: number, containerIp?: string): void;
  /** Whether packets from 127.0.0.1 may be routed over a bridge, so that the kernel can rewrite them. */
  routesLoopback(bridge: string): boolean;

  reserve(protocol: Protocol, address: string, port: number): Reservation;
  /** Who holds a port, in words, or undefined. */
  holder(protocol: Protocol, address: string, port: number): string | undefined;
  close(): void;
}

export type Protocol = "tcp" | "udp" | "sctp";

export interface Reservation {
  readonly port: number;
  release(): void;
}

export interface HostLink {
  readonly index: number;
  readonly name: string;
  readonly kind: string;
  readonly master: number;
  readonly group: number;
  readonly mtu: number;
}

export interface InterfaceAddress {
  readonly address: string;
  readonly prefixLength: number;
  /** IPv4 only. */
  readonly broadcast?: string;
}

export interface BridgePlan {
  readonly name: string;
  readonly group: number;
  readonly macAddress: string;
  readonly addresses: readonly InterfaceAddress[];
  readonly mtu: number;
  /** Route 127.0.0.0/8 over it, for ports published on the host's loopback. */
  readonly loopback: boolean;
}

/** An interface inside a container. */
export interface InnerPlan {
  readonly namespacePath: string;
  /** Its name, or the beginning of one: the first of `eth0`, `eth1` … that is free. */
  readonly naming: { readonly name: string } | { readonly prefix: string };
  readonly mtu: number;
  readonly macAddress: string;
  readonly addresses: readonly InterfaceAddress[];
  /** Settings of the interface, `IFNAME` standing for its name. */
  readonly sysctls: Readonly<Record<string, string>>;
}

export interface AttachPlan extends InnerPlan {
  readonly hostLink: string;
  readonly bridge: string;
  readonly group: number;
  /** Kept away from the other containers of the bridge. */
  readonly isolated: boolean;
}

export interface PortSettings {
  /** Kept away from the other containers of the bridge. */
  readonly isolated: boolean;
  /** What comes in may go out again, for a container that calls its own published port. */
  readonly hairpin: boolean;
}

export interface MacvlanPlan extends InnerPlan {
  readonly parent: string;
  readonly mode: "bridge" | "private" | "vepa" | "passthru";
}

/** `eth0.10` of the interface `eth0`, or a link that leads nowhere. */
export interface ParentPlan {
  readonly name: string;
  readonly group: number;
  readonly vlan?: { readonly parent: string; readonly id: number };
}

export interface DefaultRoutes {
  readonly ipv4?: DefaultRoute;
  readonly ipv6?: DefaultRoute;
}

export interface DefaultRoute {
  readonly interfaceName: string;
  readonly gateway: string;
}

export interface PublishedChange {
  readonly add: boolean;
  readonly protocol: Protocol;
  readonly hostIp: string;
  readonly hostPort: number;
  readonly containerIp: string;
  readonly containerPort: number;
}
