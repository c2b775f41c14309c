import { invalidArgument } from "../errors/engine-error.ts";
import { failpoint } from "../lib/failpoint.ts";
import { log } from "../lib/log.ts";
import type { NetworkRecord } from "../records/network-record.ts";
import type { NetworkTable } from "../records/records.ts";
import { addressProblems } from "./address-problems.ts";
import type { BridgeFirewall } from "./bridge-firewall.ts";
import { bridgeOptions, hasFamily } from "./bridge-options.ts";
import { refuseForeignBridge } from "./foreign-bridges.ts";
import {
  gatewayAddresses,
  type NewEndpoint,
  namingFor,
  planInterface,
  takeEndpoint,
} from "./interface-plan.ts";
import { poolsOf } from "./ipam.ts";
import type { BridgePlan, HostLink, InnerPlan, NetworkKernel } from "./kernel.ts";
import type { LinkReaper } from "./link-reaper.ts";
import { macFor } from "./mac-address.ts";
import type { Endpoint, EndpointWish, NetworkDriver, Sandbox } from "./network.ts";
import { mendAll, type Problem } from "./problem.ts";

/** The host end of an endpoint's pair of interfaces. */
export const hostLinkOf = (endpoint: { readonly endpointId: string }): string =>
  `veth${endpoint.endpointId.slice(0, 11)}`;

export interface BridgeDriverParts {
  readonly kernel: NetworkKernel;
  readonly table: NetworkTable;
  readonly firewall: BridgeFirewall;
  readonly reaper: LinkReaper;
  /** Mark of this engine's links. */
  readonly group: number;
  /** Where the namespace of a container is kept; undefined without one. */
  readonly sandboxOf: (containerId: string) => Sandbox | undefined;
}

/** A Linux bridge per network; a container is connected by a veth pair. */
export class BridgeDriver implements NetworkDriver {
  readonly name = "bridge";
  readonly #parts: BridgeDriverParts;

  constructor(parts: BridgeDriverParts) {
    this.#parts = parts;
  }

  async create(network: NetworkRecord): Promise<void> {
    const { kernel, firewall, table, group } = this.#parts;
    for (const family of [4, 6] as const) {
      const pools = network.ipam.pools.filter((pool) => pool.subnet.includes(":") === (family === 6));
      if (pools.length > 1) throw invalidArgument("bridge driver doesn't support multiple subnets");
    }
    const { bridge } = bridgeOptions(network);
    const before = kernel.link(bridge);
    refuseForeignBridge(bridge, before, table.list(), group);
    this.ensureBridge(network);
    try {
      await failpoint("network.bridge");
      await firewall.add(network);
      await failpoint("network.rules");
    } catch (error) {
      if (before === undefined) await kernel.deleteLinks([bridge]);
      await firewall.remove(network);
      throw error;
    }
  }

  async remove(network: NetworkRecord): Promise<void> {
    const { kernel, firewall, group } = this.#parts;
    const { bridge } = bridgeOptions(network);
    // A bridge that was there before us belongs to the user.
    const removeBridge = async () => {
      if (kernel.link(bridge)?.group === group) await kernel.deleteLinks([bridge]);
      await failpoint("network.unbridge");
    };
    await Promise.all([removeBridge(), firewall.remove(network)]);
  }

  /** Bridge, addresses and settings as the record says; what is so already stays. */
  ensureBridge(network: NetworkRecord): void {
    const { kernel } = this.#parts;
    const plan = this.#bridgePlan(network);
    if (hasFamily(network, 4) && !network.internal && kernel.enableForwarding()) {
      log.info(
        "turned on net.ipv4.ip_forward: containers on bridge networks need it, and this host now routes",
      );
    }
    if (hasFamily(network, 6) && !network.internal && kernel.enableIpv6Forwarding()) {
      log.info(
        "turned on net.ipv6.conf.all.forwarding: containers on IPv6 networks need it, and this host now routes",
      );
    }
    kernel.createBridge(plan);
  }

  #bridgePlan(network: NetworkRecord): BridgePlan {
    const options = bridgeOptions(network);
    const pools = [...poolsOf(network, 4), ...poolsOf(network, 6)];
    const gateway = pools[0]?.gateway;
    if (!gateway) throw invalidArgument(`network ${network.name} has no subnet`);
    const macAddress = macFor(gateway);
    return {
      name: options.bridge,
      group: this.#parts.group,
      macAddress,
      addresses: gatewayAddresses(pools, macAddress),
      mtu: options.mtu,
      loopback: !network.internal,
    };
  }

  async attach(network: NetworkRecord, sandbox: Sandbox, wish: EndpointWish): Promise<Endpoint> {
    const { table, reaper } = this.#parts;
    const options = bridgeOptions(network);
    if (options.isDefault && (wish.ipv4 || wish.ipv6)) {
      throw invalidArgument("user specified IP address is supported on user defined networks only");
    }
    const naming = namingFor(wish, options.interfacePrefix);
    const endpoint = takeEndpoint(table, network, sandbox.containerId, wish);
    try {
      const made = this.#connect(network, sandbox, endpoint, { naming, sysctls: wish.sysctls ?? {} });
      await failpoint("network.attach");
      return made;
    } catch (error) {
      await reaper.removeNow([hostLinkOf(endpoint)]);
      table.releaseAddresses(network.id, sandbox.containerId);
      throw error;
    }
  }

  #connect(
    network: NetworkRecord,
    sandbox: Sandbox,
    endpoint: NewEndpoint,
    inner: Pick<InnerPlan, "naming" | "sysctls">,
  ): Endpoint {
    const { kernel, group } = this.#parts;
    const { mtu, bridge, connected } = bridgeOptions(network);
    const interfaceName = kernel.attach({
      ...planInterface(endpoint, { namespacePath: sandbox.path, mtu, ...inner }),
      hostLink: hostLinkOf(endpoint),
      bridge,
      group,
      isolated: !connected,
    });
    return { ...endpoint, interfaceName };
  }

  /**
   * With the sandbox gone the kernel is removing the link already, so this returns at once and
   * only makes sure of it later. With the sandbox alive (a disconnect) the link is removed here.
   */
  async detach(network: NetworkRecord, endpoint: Endpoint): Promise<void> {
    const { table, reaper, sandboxOf } = this.#parts;
    const hostLink = hostLinkOf(endpoint);
    if (sandboxOf(endpoint.containerId)) await reaper.removeNow([hostLink]);
    else reaper.makeSureOf(hostLink);
    table.releaseAddresses(network.id, endpoint.containerId);
  }

  async reconcile(network: NetworkRecord, alive: readonly Endpoint[]): Promise<string[]> {
    const problems = await this.examine(network, alive);
    const mended = await mendAll(problems);
    await this.#parts.firewall.add(network);
    return mended;
  }

  async examine(network: NetworkRecord, alive: readonly Endpoint[]): Promise<Problem[]> {
    const { kernel, reaper, group, table } = this.#parts;
    const { bridge } = bridgeOptions(network);
    const bridgeIndex = kernel.link(bridge)?.index;
    const wanted = new Set(alive.map(hostLinkOf));
    const isStray = (link: HostLink) =>
      isOurVeth(link, group) && !wanted.has(link.name) && !reaper.expects(link.name);
    const strays = kernel.portsOf(bridge).filter(isStray);
    return [
      ...this.#examineBridge(network, bridgeIndex !== undefined),
      ...strays.map(({ name }) => ({
        what: `interface ${name} on ${bridge} was left over`,
        mend: () => reaper.removeNow([name]),
      })),
      ...alive.flatMap((endpoint) =>
        this.#examineEndpoint(network, endpoint, kernel.link(hostLinkOf(endpoint)), bridgeIndex),
      ),
      ...addressProblems(table, network, alive),
    ];
  }

  #examineBridge(network: NetworkRecord, exists: boolean): Problem[] {
    const { bridge } = bridgeOptions(network);
    const mend = () => void this.ensureBridge(network);
    if (!exists) return [{ what: `bridge ${bridge} of network ${network.name} is missing`, mend }];
    return this.#parts.kernel
      .bridgeFaults(this.#bridgePlan(network))
      .map((fault) => ({ what: `bridge ${bridge} of network ${network.name}: ${fault}`, mend }));
  }

  /** The interface of a running container: it has to be there, and on its bridge. */
  #examineEndpoint(
    network: NetworkRecord,
    endpoint: Endpoint,
    link: HostLink | undefined,
    bridgeIndex: number | undefined,
  ): Problem[] {
    const { kernel, reaper, sandboxOf } = this.#parts;
    const { bridge, connected } = bridgeOptions(network);
    const name = hostLinkOf(endpoint);
    const what = `interface ${endpoint.interfaceName} of container ${endpoint.containerId.slice(0, 12)} on network ${network.name}`;
    const sandbox = sandboxOf(endpoint.containerId);
    if (!sandbox) return [];
    if (link && link.master !== bridgeIndex) {
      const port = { isolated: !connected, hairpin: endpoint.isPublished ?? false };
      return [
        { what: `${what} is off its bridge ${bridge}`, mend: () => kernel.setMaster(name, bridge, port) },
      ];
    }
    if (link && kernel.insideLinks(sandbox.path).includes(endpoint.interfaceName)) return [];
    return [
      {
        what: `${what} is missing`,
        mend: async () => {
          await reaper.removeNow([name]);
          this.#connect(network, sandbox, endpoint, {
            naming: { name: endpoint.interfaceName },
            sysctls: endpoint.sysctls ?? {},
          });
          if (endpoint.isPublished) kernel.setHairpin(name);
        },
      },
    ];
  }
}

export const isOurVeth = (link: HostLink, group: number): boolean =>
  link.kind === "veth" && link.group === group;
