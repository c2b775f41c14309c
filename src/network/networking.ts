import { join } from "node:path";
import { internal, invalidArgument, messageOf, notImplemented } from "../errors/engine-error.ts";
import { failpoint } from "../lib/failpoint.ts";
import type { Family } from "../lib/ip.ts";
import { log } from "../lib/log.ts";
import type { IpamPool, NetworkRecord } from "../records/network-record.ts";
import { AddressChooser } from "./address-chooser.ts";
import { dockerPools, smallPools } from "./address-pools.ts";
import { BridgeDriver } from "./bridge-driver.ts";
import { BridgeFirewall } from "./bridge-firewall.ts";
import { defaultNetworks } from "./default-networks.ts";
import { engineMark } from "./engine-mark.ts";
import { bridgeOfUser } from "./foreign-bridges.ts";
import type { NetworkKernel } from "./kernel.ts";
import { LinkReaper } from "./link-reaper.ts";
import { openLinuxKernel } from "./linux-kernel.ts";
import { MacvlanDriver } from "./macvlan-driver.ts";
import type {
  Endpoint,
  InterfaceCounters,
  NetworkDriver,
  Networking,
  PortPublisher,
  Sandbox,
} from "./network.ts";
import type { NetworkingOptions } from "./networking-options.ts";
import { PlainDriver } from "./plain-drivers.ts";
import { tableName } from "./plan-rules.ts";
import { BridgePortPublisher } from "./port-publisher.ts";
import { mendAll, type Problem } from "./problem.ts";
import { Strays } from "./strays.ts";
import { warnOfDroppers } from "./warn-of-droppers.ts";

const noProxies = () => Promise.reject(internal("there is no program for copying proxies"));

export const defaultBridgeName = "hull0";

export function createNetworking(options: NetworkingOptions): BridgeNetworking {
  return new BridgeNetworking(options);
}

// trail: engine restart
export class BridgeNetworking implements Networking {
  readonly ports: PortPublisher;
  readonly #options: NetworkingOptions;
  readonly #bridgeName: string;
  readonly #directory: string;
  readonly #kernel: NetworkKernel;
  readonly #group: number;
  readonly #firewall: BridgeFirewall;
  readonly #reaper: LinkReaper;
  readonly #publisher: BridgePortPublisher;
  readonly #bridgeDriver: BridgeDriver;
  readonly #drivers: ReadonlyMap<string, NetworkDriver>;
  readonly #chooser: AddressChooser;

  constructor(options: NetworkingOptions) {
    this.#options = options;
    this.#bridgeName = options.bridgeName || defaultBridgeName;
    this.#directory = join(options.execRoot, "netns");
    this.#kernel = options.kernel ?? openLinuxKernel();
    this.#group = engineMark(options.execRoot);
    this.#chooser = new AddressChooser({
      kernel: this.#kernel,
      table: options.networks,
      group: this.#group,
      defaultBridge: this.#bridgeName,
      execRoot: options.execRoot,
      pools: options.pools,
    });
    const table = this.#bridgeName === "none" ? `hull_none_${this.#group}` : tableName(this.#bridgeName);
    this.#firewall = new BridgeFirewall(this.#kernel, table);
    this.#reaper = new LinkReaper(this.#kernel);
    this.#publisher = new BridgePortPublisher({
      kernel: this.#kernel,
      firewall: this.#firewall,
      networks: options.networks,
      defaultAddress: options.defaultPublishAddress || "0.0.0.0",
      proxies: options.proxies ?? { start: noProxies, running: () => [] },
      mayProxy: options.userlandProxy === true && options.proxies !== undefined,
    });
    this.ports = this.#publisher;
    const parts = {
      kernel: this.#kernel,
      table: options.networks,
      group: this.#group,
      sandboxOf: (id: string) => this.sandbox(id),
    };
    this.#bridgeDriver = new BridgeDriver({ ...parts, firewall: this.#firewall, reaper: this.#reaper });
    const drivers: NetworkDriver[] = [
      this.#bridgeDriver,
      new MacvlanDriver(parts),
      new PlainDriver("host"),
      new PlainDriver("null"),
    ];
    this.#drivers = new Map(drivers.map((driver) => [driver.name, driver]));
  }

  async init(): Promise<void> {
    this.#kernel.prepareNamespaces(this.#directory);
    const table = this.#options.networks;
    for (const change of defaultNetworks(table.list(), {
      ...this.#options,
      bridgeName: this.#bridgeName,
      existing: bridgeOfUser(this.#kernel, this.#bridgeName, this.#group),
      addressesInUse: (id) => table.addresses(id).length,
      choose: (pools, except) =>
        this.#chooser.choose({ pools, families: [4], defaults: dockerPools, except }),
    })) {
      if (change.remove) table.remove(change.remove.id);
      if (change.insert) table.insert(change.insert);
      if (change.say) log.warn(change.say);
    }
    const bridges = table.list().filter((network) => network.driver === "bridge");
    for (const network of bridges) this.#makeBridge(network);
    await Promise.all([
      this.#firewall.load(bridges),
      bridges.length > 0 ? warnOfDroppers(this.#kernel, this.#firewall.table, this.#bridgeName) : undefined,
    ]);
  }

  hostAddresses(): { readonly link: string; readonly address: string }[] {
    const own = new Set(
      this.#kernel
        .links()
        .filter((link) => link.group === this.#group)
        .map((link) => link.name),
    );
    // Docker's bridges beside ours lead to containers as well, not to machines.
    const isContainers = (link: string) => own.has(link) || /^(docker0|br-[0-9a-f]{12})$/.test(link);
    return this.#kernel.hostAddresses().filter(({ link }) => !isContainers(link));
  }

  forwardDroppers(): Promise<string[]> {
    return this.#kernel.forwardDroppers(this.#firewall.table);
  }

  async createSandbox(containerId: string): Promise<Sandbox> {
    if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(containerId)) {
      throw invalidArgument(`invalid container id ${JSON.stringify(containerId)}`);
    }
    const path = join(this.#directory, containerId);
    this.#kernel.createNamespace(path);
    try {
      await failpoint("network.sandbox");
    } catch (error) {
      this.#kernel.dropNamespace(path);
      throw error;
    }
    return { containerId, path };
  }

  async removeSandbox(containerId: string): Promise<void> {
    this.#kernel.dropNamespace(join(this.#directory, containerId));
  }

  driver(network: NetworkRecord): NetworkDriver {
    const driver = this.#drivers.get(network.driver);
    if (!driver) throw notImplemented(`network driver ${JSON.stringify(network.driver)} is not available`);
    return driver;
  }

  planPools(requested: readonly IpamPool[], families: readonly Family[], driver: string): IpamPool[] {
    const sharesRoutes = driver === "macvlan";
    return this.#chooser.choose({ pools: requested, families, defaults: smallPools, sharesRoutes });
  }

  sandbox(containerId: string): Sandbox | undefined {
    if (!this.#kernel.namespaces(this.#directory).includes(containerId)) return undefined;
    return { containerId, path: join(this.#directory, containerId) };
  }

  setGateways(containerId: string, gateways: { readonly ipv4?: Endpoint; readonly ipv6?: Endpoint }): void {
    const { ipv4, ipv6 } = gateways;
    this.#kernel.setDefaultRoutes(join(this.#directory, containerId), {
      ...(ipv4 && { ipv4: { interfaceName: ipv4.interfaceName, gateway: ipv4.gateway } }),
      ...(ipv6 && { ipv6: { interfaceName: ipv6.interfaceName, gateway: ipv6.ipv6Gateway ?? "" } }),
    });
  }

  async repair(isWanted: (containerId: string) => boolean): Promise<string[]> {
    const strays = this.#strays();
    return mendAll([...strays.ofContainers(isWanted), ...strays.ofNetworks()]);
  }

  async examine(isWanted: (containerId: string) => boolean, alive: readonly Endpoint[]): Promise<Problem[]> {
    const strays = this.#strays();
    return [...strays.ofContainers(isWanted), ...strays.ofNetworks(), ...strays.loose(alive)];
  }

  examineRules(): Promise<Problem[]> {
    return this.#firewall.examine();
  }

  hasGateways(containerId: string): { readonly ipv4: boolean; readonly ipv6: boolean } {
    return this.#kernel.hasDefaultRoutes(join(this.#directory, containerId));
  }

  #strays(): Strays {
    return new Strays({
      kernel: this.#kernel,
      table: this.#options.networks,
      reaper: this.#reaper,
      group: this.#group,
      directory: this.#directory,
    });
  }

  async counters(containerId: string): Promise<Readonly<Record<string, InterfaceCounters>>> {
    if (!this.#kernel.namespaces(this.#directory).includes(containerId)) return {};
    return this.#kernel.counters(join(this.#directory, containerId));
  }

  /** Without sandboxes the machine is left as it was found; with some, everything they need stays. */
  async close(): Promise<void> {
    this.#publisher.close();
    await this.#reaper.close();
    if (this.#kernel.namespaces(this.#directory).length === 0) {
      await this.#firewall.unload();
      const ours = this.#kernel.links().filter((link) => link.kind !== "veth" && link.group === this.#group);
      await this.#kernel.deleteLinks(ours.map((link) => link.name));
      this.#kernel.releaseNamespaces(this.#directory);
    }
    this.#kernel.close();
  }

  /** One network that cannot be must not keep the others, and the engine, from it; a check tries again. */
  #makeBridge(network: NetworkRecord): void {
    try {
      this.#bridgeDriver.ensureBridge(network);
    } catch (error) {
      if (network.name === "bridge") throw error;
      log.error(`cannot make network ${network.name}: ${messageOf(error)}`);
    }
  }
}
