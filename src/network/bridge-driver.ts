import { invalidArgument, notImplemented } from "../errors/engine-error.ts";
import { failpoint } from "../lib/failpoint.ts";
import type { NetworkRecord } from "../records/network-record.ts";
import type { NetworkTable } from "../records/records.ts";
import type { BridgeFirewall } from "./bridge-firewall.ts";
import { bridgeOptions } from "./bridge-options.ts";
import { ipv4Pools, type TakenAddress, takeAddress } from "./ipam.ts";
import { formatAddress, lastOf, macFor, parseAddress, parseMac } from "./ipv4.ts";
import type { HostLink, NetworkKernel } from "./kernel.ts";
import type { LinkReaper } from "./link-reaper.ts";
import type { Endpoint, EndpointWish, NetworkDriver, Sandbox } from "./network.ts";

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
  readonly sandboxExists: (containerId: string) => boolean;
}

/** A Linux bridge per network; a container is connected by a veth pair. */
export class BridgeDriver implements NetworkDriver {
  readonly name = "bridge";
  readonly #parts: BridgeDriverParts;

  constructor(parts: BridgeDriverParts) {
    this.#parts = parts;
  }

  async create(network: NetworkRecord): Promise<void> {
    if (network.enableIpv6) {
      throw notImplemented(`network ${network.name}: IPv6 on bridge networks is not available yet`);
    }
    const { bridge } = bridgeOptions(network);
    const existed = this.#parts.kernel.link(bridge) !== undefined;
    this.ensureBridge(network);
    try {
      await this.#parts.firewall.add(network);
    } catch (error) {
      if (!existed) await this.#parts.kernel.deleteLinks([bridge]);
      throw error;
    }
  }

  async remove(network: NetworkRecord): Promise<void> {
    const { kernel, firewall, group } = this.#parts;
    const { bridge } = bridgeOptions(network);
    // A bridge that was there before us belongs to the user.
    if (kernel.link(bridge)?.group === group) await kernel.deleteLinks([bridge]);
    await firewall.remove(network);
  }

  /** Bridge, address and settings as the record says; what is so already stays. */
  ensureBridge(network: NetworkRecord): void {
    const options = bridgeOptions(network);
    const pool = ipv4Pools(network)[0];
    if (!pool) throw invalidArgument(`network ${network.name} has no IPv4 subnet`);
    this.#parts.kernel.createBridge({
      name: options.bridge,
      group: this.#parts.group,
      gateway: pool.gateway,
      prefixLength: pool.subnet.prefixLength,
      broadcast: formatAddress(lastOf(pool.subnet)),
      mtu: options.mtu,
      loopback: !network.internal,
    });
  }

  async attach(network: NetworkRecord, sandbox: Sandbox, wish: EndpointWish): Promise<Endpoint> {
    const { kernel, table, group, reaper } = this.#parts;
    const options = bridgeOptions(network);
    if (wish.ipv6)
      throw invalidArgument(`network ${network.name} has no IPv6 subnet for address ${wish.ipv6}`);
    if (wish.ipv4 && options.isDefault) {
      throw invalidArgument("user specified IP address is supported on user defined networks only");
    }
    const wishedMac = wish.macAddress ? parseMac(wish.macAddress) : undefined;
    const taken = takeAddress(table, network, sandbox.containerId, wish.ipv4);
    const endpointId = randomId();
    const hostLink = hostLinkOf({ endpointId });
    const macAddress = wishedMac ?? macFor(taken.address);
    try {
      const interfaceName = kernel.attach({
        namespacePath: sandbox.path,
        hostLink,
        bridge: options.bridge,
        group,
        mtu: options.mtu,
        macAddress,
        address: taken.address,
        prefixLength: taken.prefixLength,
        broadcast: broadcastOf(taken),
        isolated: !options.connected,
        ...(network.internal ? {} : { gateway: taken.gateway }),
      });
      await failpoint("network.attach");
      return {
        endpointId,
        networkId: network.id,
        containerId: sandbox.containerId,
        interfaceName,
        macAddress,
        ipAddress: taken.address,
        ipPrefixLength: taken.prefixLength,
        gateway: network.internal ? "" : taken.gateway,
      };
    } catch (error) {
      await reaper.removeNow([hostLink]);
      table.releaseAddresses(network.id, sandbox.containerId);
      throw error;
    }
  }

  /**
   * With the sandbox gone the kernel is removing the link already, so this returns at once and
   * only makes sure of it later. With the sandbox alive (a disconnect) the link is removed here.
   */
  async detach(network: NetworkRecord, endpoint: Endpoint): Promise<void> {
    const { table, reaper, sandboxExists } = this.#parts;
    const hostLink = hostLinkOf(endpoint);
    if (sandboxExists(endpoint.containerId)) await reaper.removeNow([hostLink]);
    else reaper.makeSureOf(hostLink);
    table.releaseAddresses(network.id, endpoint.containerId);
  }

  async reconcile(network: NetworkRecord, alive: readonly Endpoint[]): Promise<string[]> {
    const { kernel, firewall, reaper, group, table } = this.#parts;
    const done: string[] = [];
    const { bridge } = bridgeOptions(network);
    if (!kernel.link(bridge)) done.push(`bridge ${bridge} of network ${network.name} was made again`);
    this.ensureBridge(network);
    await firewall.add(network);
    const links = kernel.links();
    const bridgeIndex = links.find((link) => link.name === bridge)?.index;
    const wanted = new Map(alive.map((endpoint) => [hostLinkOf(endpoint), endpoint]));
    const strays = links.filter(
      (link) => link.master === bridgeIndex && isOurVeth(link, group) && !wanted.has(link.name),
    );
    await reaper.removeNow(strays.map((link) => link.name));
    for (const link of strays) done.push(`interface ${link.name} on ${bridge} was left over and is removed`);
    for (const [name, endpoint] of wanted) {
      const link = links.find((one) => one.name === name);
      if (!link) {
        done.push(`interface ${name} of container ${endpoint.containerId.slice(0, 12)} is missing`);
      } else if (link.master !== bridgeIndex) {
        kernel.setMaster(name, bridge);
        done.push(`interface ${name} was put back on ${bridge}`);
      }
    }
    done.push(...releaseUnused(table, network, alive));
    return done;
  }
}

function releaseUnused(table: NetworkTable, network: NetworkRecord, alive: readonly Endpoint[]): string[] {
  const holders = new Set(alive.map((endpoint) => endpoint.containerId));
  const unused = table.addresses(network.id).filter((record) => !holders.has(record.containerId));
  for (const record of unused) table.releaseAddresses(network.id, record.containerId);
  return unused.map(
    (record) => `address ${record.address} on network ${network.name} was left over and is free`,
  );
}

export const isOurVeth = (link: HostLink, group: number): boolean =>
  link.kind === "veth" && link.group === group;

function broadcastOf(taken: TakenAddress): string {
  const size = 2 ** (32 - taken.prefixLength);
  return formatAddress(Math.floor(parseAddress(taken.address) / size) * size + size - 1);
}

export function randomId(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("hex");
}
