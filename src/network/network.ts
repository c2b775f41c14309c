import type { PublishedPort } from "../records/container-record.ts";
import type { IpamPool, NetworkRecord } from "../records/network-record.ts";
import type { Problem } from "./problem.ts";

/** A network namespace of a container, at a path that outlives every process. */
export interface Sandbox {
  readonly containerId: string;
  /** Bind-mounted namespace file, given to the runtime. */
  readonly path: string;
}

export interface EndpointWish {
  readonly ipv4?: string;
  readonly ipv6?: string;
  readonly macAddress?: string;
  /** The name the interface shall have inside. */
  readonly interfaceName?: string;
  /** Settings of the interface, `IFNAME` standing for its name. */
  readonly sysctls?: Readonly<Record<string, string>>;
}

export interface Endpoint {
  readonly endpointId: string;
  readonly networkId: string;
  readonly containerId: string;
  readonly interfaceName: string;
  readonly macAddress: string;
  readonly ipAddress: string;
  readonly ipPrefixLength: number;
  readonly gateway: string;
  /** Empty or absent without IPv6. */
  readonly ipv6Address?: string;
  readonly ipv6PrefixLength?: number;
  readonly ipv6Gateway?: string;
  /** Ports of the host lead to it. */
  readonly isPublished?: boolean;
  /** Settings the user gave the interface, for the case that it has to be made again. */
  readonly sysctls?: Readonly<Record<string, string>>;
}

/** A port a container wants on the host; `hostPort` 0..0 means any free one, a range means one of it. */
export interface PortWish {
  readonly containerPort: number;
  readonly protocol: "tcp" | "udp" | "sctp";
  readonly hostIp: string;
  readonly hostPortFirst: number;
  readonly hostPortLast: number;
  /** Other containers that want it so may have the same host port: connections are dealt out in turn. */
  readonly shared?: boolean;
  /** With those of the same group only. */
  readonly group?: string;
  /** Left out where this address cannot lead to the container. */
  readonly optional?: boolean;
}

/**
 * One kind of network. `attach` gives an endpoint in a sandbox, `detach` takes it back and may be
 * repeated. When a container ends, call `removeSandbox` before `detach`: the kernel then removes
 * the interface on its own time. `detach` from a living sandbox waits for that, 20 to 30 ms.
 */
export interface NetworkDriver {
  readonly name: string;
  create(network: NetworkRecord): Promise<void>;
  remove(network: NetworkRecord): Promise<void>;
  attach(network: NetworkRecord, sandbox: Sandbox, wish: EndpointWish): Promise<Endpoint>;
  detach(network: NetworkRecord, endpoint: Endpoint): Promise<void>;
  /** What is not as the record and these endpoints of running containers say. Changes nothing. */
  examine(network: NetworkRecord, alive: readonly Endpoint[]): Promise<Problem[]>;
  /**
   * After a restart: make the network whole again (bridge, rules), keep the endpoints
   * listed, remove every other. Returns what was removed or mended, for the log.
   */
  reconcile(network: NetworkRecord, alive: readonly Endpoint[]): Promise<string[]>;
}

/** What a running container has open, as the records say. */
export interface OpenPorts {
  readonly endpoint: Endpoint;
  readonly containerName: string;
  readonly ports: readonly PublishedPort[];
  readonly standsBack?: boolean;
}

export interface PublishedRoute {
  readonly containerId: string;
  readonly port: PublishedPort;
  /** Rewritten by the kernel, copied by a process, or copied on loopback and rewritten everywhere else. */
  readonly via: "kernel" | "proxy" | "both";
}

/** Published ports of all containers on this engine. */
export interface PortPublisher {
  /**
   * Reserves host ports and installs the forwarding, all or nothing. A taken port throws
   * Docker's sentence (`driver failed programming external connectivity on endpoint …: Bind for
   * 0.0.0.0:80 failed: port is already allocated`) followed by who holds it.
   */
  publish(
    endpoint: Endpoint,
    containerName: string,
    wishes: readonly PortWish[],
    standsBack?: boolean,
  ): Promise<PublishedPort[]>;
  /** A container that stands back gets no new connections on shared ports while another does not. */
  stand(containerId: string, standsBack: boolean): Promise<void>;
  /** All ports of a container, or only these. Not published is fine. */
  unpublish(containerId: string, ports?: readonly PublishedPort[]): Promise<void>;
  /** After a restart: take these reservations and rules again, drop all others. */
  restore(published: readonly OpenPorts[]): Promise<string[]>;
  /** How each published port gets to its container. */
  routes(): readonly PublishedRoute[];
}

/**
 * What the engine calls. Up: createSandbox, attach, publish; the runtime starts last. Down:
 * unpublish, removeSandbox, detach. At its start: init, repair, reconcile of each network, restore.
 */
export interface Networking {
  /**
   * Makes the default networks (bridge, host, none) exist in records, and all networks of the
   * records in the kernel. Published ports of before go on; `ports.restore` then decides on them.
   */
  init(): Promise<void>;
  createSandbox(containerId: string): Promise<Sandbox>;
  /** Gone with all interfaces in it. Not there is fine. */
  removeSandbox(containerId: string): Promise<void>;
  driver(network: NetworkRecord): NetworkDriver;
  /**
   * The pools of a network to be created, complete with subnet and gateway: free ones where
   * the user named none; what overlaps another network or a route of this host is refused.
   */
  planPools(requested: readonly IpamPool[], families: readonly (4 | 6)[], driver: string): IpamPool[];
  /** Where the default routes of a container go; a family left out has none. */
  setGateways(containerId: string, gateways: { readonly ipv4?: Endpoint; readonly ipv6?: Endpoint }): void;
  /** The namespace of a container, if it has one. */
  sandbox(containerId: string): Sandbox | undefined;
  readonly ports: PortPublisher;
  /**
   * Sandboxes, links and addresses that no wanted container has, networks that no record knows.
   * Changes nothing.
   */
  examine(isWanted: (containerId: string) => boolean, alive: readonly Endpoint[]): Promise<Problem[]>;
  examineRules(): Promise<Problem[]>;
  /** Whether a container has a default route of each family. */
  hasGateways(containerId: string): { readonly ipv4: boolean; readonly ipv6: boolean };
  /** Addresses of this host that are not gateways of containers' networks, loopback included. */
  hostAddresses(): { readonly link: string; readonly address: string }[];
  /** Foreign firewall chains that drop forwarded packets by default. */
  forwardDroppers(): Promise<string[]>;
  /** Sandboxes, links and rules of containers that are not wanted are removed. Returns what went. */
  repair(isWanted: (containerId: string) => boolean): Promise<string[]>;
  /** Interface counters inside a sandbox, for `stats`. */
  counters(containerId: string): Promise<Readonly<Record<string, InterfaceCounters>>>;
  /** The containers' networks and ports stay; without a sandbox left, everything is taken away. */
  close(): Promise<void>;
}

export interface InterfaceCounters {
  readonly rxBytes: number;
  readonly rxPackets: number;
  readonly rxErrors: number;
  readonly rxDropped: number;
  readonly txBytes: number;
  readonly txPackets: number;
  readonly txErrors: number;
  readonly txDropped: number;
}
