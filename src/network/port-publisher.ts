import { invalidArgument } from "../errors/engine-error.ts";
import { failpoint } from "../lib/failpoint.ts";
import type { PublishedPort } from "../records/container-record.ts";
import type { NetworkTable } from "../records/records.ts";
import { errnoOf } from "../sys/errno-of.ts";
import { hostLinkOf } from "./bridge-driver.ts";
import type { BridgeFirewall } from "./bridge-firewall.ts";
import { bridgeOptions } from "./bridge-options.ts";
import { type Family, families } from "./family.ts";
import type { NetworkKernel, Protocol, Reservation } from "./kernel.ts";
import type { Endpoint, PortPublisher, PortWish } from "./network.ts";
import { anyAddressMap, oneAddressMap, type PublishedRule } from "./plan-published.ts";
import { ipv6Refusal, portRefusal } from "./port-refusal.ts";

interface Held {
  readonly containerId: string;
  readonly containerName: string;
  readonly port: PublishedPort;
  readonly rule: PublishedRule;
  /** Missing when somebody took the port while no engine ran. */
  readonly reservation: Reservation | undefined;
}

/**
 * Host ports by real sockets, forwarding by elements of the firewall's maps. The sockets only
 * keep others away: packets are rewritten before a socket is looked for.
 */
// trail: run -p
export class BridgePortPublisher implements PortPublisher {
  readonly #kernel: NetworkKernel;
  readonly #firewall: BridgeFirewall;
  readonly #networks: Pick<NetworkTable, "get">;
  readonly #defaultAddress: string;
  #held: Held[] = [];

  constructor(
    kernel: NetworkKernel,
    firewall: BridgeFirewall,
    networks: Pick<NetworkTable, "get">,
    defaultAddress: string,
  ) {
    this.#kernel = kernel;
    this.#firewall = firewall;
    this.#networks = networks;
    this.#defaultAddress = defaultAddress;
  }

  async publish(
    endpoint: Endpoint,
    containerName: string,
    wishes: readonly PortWish[],
  ): Promise<PublishedPort[]> {
    if (wishes.length === 0) return [];
    const defaultAddress = this.#addressFor(endpoint);
    const taken: Held[] = [];
    try {
      for (const wished of wishes) {
        const wish = wished.hostIp === "" ? { ...wished, hostIp: defaultAddress } : wished;
        taken.push(this.#take(endpoint, containerName, wish, taken));
      }
      await this.#firewall.changePublished(
        taken.map((held) => ({ add: true, rule: held.rule })),
        rulesOf([...this.#held, ...taken]),
      );
    } catch (error) {
      for (const held of taken) held.reservation?.release();
      throw error;
    }
    this.#held.push(...taken);
    try {
      // A container that calls its own published port comes back out of the port it went in by.
      this.#kernel.setHairpin(hostLinkOf(endpoint));
      this.#forgetDatagrams(taken);
      await failpoint("network.publish");
    } catch (error) {
      await this.#drop(taken);
      throw error;
    }
    return taken.map((held) => held.port);
  }

  async unpublish(containerId: string): Promise<void> {
    await this.#drop(this.#held.filter((held) => held.containerId === containerId));
  }

  async restore(
    published: readonly { endpoint: Endpoint; containerName: string; ports: readonly PublishedPort[] }[],
  ): Promise<string[]> {
    const done: string[] = [];
    for (const held of this.#held) held.reservation?.release();
    this.#held = [];
    for (const { endpoint, containerName, ports } of published) {
      for (const port of ports) {
        let reservation: Reservation | undefined;
        try {
          reservation = this.#kernel.reserve(port.protocol, port.hostIp, port.hostPort);
        } catch {
          const holder = this.#kernel.holder(port.protocol, port.hostIp, port.hostPort) ?? "somebody else";
          done.push(
            `port ${port.hostIp}:${port.hostPort} of container ${containerName} was also opened by ${holder} while no engine ran; it still leads to the container`,
          );
        }
        this.#held.push(holding(endpoint, containerName, port, reservation));
      }
    }
    const wanted = new Set(rulesOf(this.#held).map(describe));
    for (const rule of await this.#loadedRules()) {
      if (!wanted.has(describe(rule)))
        done.push(`published port ${describe(rule)} was left over and is closed`);
    }
    await this.#firewall.replacePublished(rulesOf(this.#held));
    return done;
  }

  /** Lets go of the sockets; the forwarding stays, it is the containers' own. */
  close(): void {
    for (const held of this.#held) held.reservation?.release();
    this.#held = [];
  }

  async #drop(gone: readonly Held[]): Promise<void> {
    if (gone.length === 0) return;
    this.#held = this.#held.filter((held) => !gone.includes(held));
    try {
      await this.#firewall.changePublished(
        gone.map((held) => ({ add: false, rule: held.rule })),
        rulesOf(this.#held),
      );
    } finally {
      for (const held of gone) held.reservation?.release();
    }
    this.#forgetDatagrams(gone);
  }

  /** Clients that keep their source port would stay with the container of before for as long as they send. */
  #forgetDatagrams(ports: readonly Held[]): void {
    for (const { port } of ports) {
      if (port.protocol === "udp") this.#kernel.forgetDatagrams(port.hostIp, port.hostPort);
    }
  }

  async #loadedRules(): Promise<PublishedRule[]> {
    return (await Promise.all(families.map((family) => this.#loadedRulesOf(family)))).flat();
  }

  async #loadedRulesOf(family: Family): Promise<PublishedRule[]> {
    const table = this.#firewall.table;
    const [any, one] = await Promise.all([
      this.#kernel.listMap(family, table, anyAddressMap),
      this.#kernel.listMap(family, table, oneAddressMap),
    ]);
    const anyAddress = family === "ip" ? "0.0.0.0" : "::";
    return [...any.map(({ key, value }) => ({ key: [anyAddress, ...key], value })), ...one].map(
      ({
        key: [hostIp = "", protocol = "", hostPort = ""],
        value: [containerIp = "", containerPort = ""],
      }) => ({
        protocol: protocolNames[protocol] ?? "tcp",
        hostIp,
        hostPort: Number(hostPort),
        containerIp,
        containerPort: Number(containerPort),
      }),
    );
  }

  /** Where the ports of an endpoint go when the user names no address. */
  #addressFor(endpoint: Endpoint): string {
    const network = this.#networks.get(endpoint.networkId);
    if (network?.driver !== "bridge" || endpoint.ipAddress === "") {
      throw invalidArgument(`network ${network?.name ?? endpoint.networkId} cannot publish ports`);
    }
    if (network.internal) {
      throw invalidArgument(`network ${network.name} is internal: ports cannot be published on it`);
    }
    const { hostBinding } = bridgeOptions(network);
    return hostBinding === "0.0.0.0" ? this.#defaultAddress : hostBinding;
  }

  #take(endpoint: Endpoint, containerName: string, wish: PortWish, before: readonly Held[]): Held {
    const hostIp = wish.hostIp;
    if (hostIp.includes(":")) {
      throw ipv6Refusal({ endpoint, containerName, wish });
    }
    let lastFailure: unknown;
    for (let hostPort = wish.hostPortFirst; hostPort <= wish.hostPortLast; hostPort++) {
      if (this.#ownHolder(wish, hostIp, hostPort, before)) continue;
      try {
        const reservation = this.#kernel.reserve(wish.protocol, hostIp, hostPort);
        const port = {
          containerPort: wish.containerPort,
          protocol: wish.protocol,
          hostIp,
          hostPort: reservation.port,
        };
        return holding(endpoint, containerName, port, reservation);
      } catch (error) {
        lastFailure = error;
        if (errnoOf(error) !== "EADDRINUSE") break;
      }
    }
    const own = this.#ownHolder(wish, hostIp, wish.hostPortFirst, before);
    throw portRefusal({ endpoint, containerName, wish }, lastFailure, () =>
      own
        ? `container "${own.containerName}"`
        : this.#kernel.holder(wish.protocol, hostIp, wish.hostPortFirst),
    );
  }

  #ownHolder(wish: PortWish, hostIp: string, hostPort: number, before: readonly Held[]): Held | undefined {
    return [...this.#held, ...before].find(
      ({ port }) =>
        port.protocol === wish.protocol &&
        port.hostPort === hostPort &&
        (port.hostIp === hostIp || port.hostIp === "0.0.0.0" || hostIp === "0.0.0.0"),
    );
  }
}

const protocolNames: Readonly<Record<string, Protocol>> = { "6": "tcp", "17": "udp", "132": "sctp" };

function holding(
  endpoint: Endpoint,
  containerName: string,
  port: PublishedPort,
  reservation: Reservation | undefined,
): Held {
  return {
    containerId: endpoint.containerId,
    containerName,
    port,
    reservation,
    rule: {
      protocol: port.protocol,
      hostIp: port.hostIp,
      hostPort: port.hostPort,
      containerIp: endpoint.ipAddress,
      containerPort: port.containerPort,
    },
  };
}

const rulesOf = (held: readonly Held[]): PublishedRule[] => held.map((one) => one.rule);

const describe = (rule: PublishedRule): string =>
  `${rule.hostIp}:${rule.hostPort}->${rule.containerIp}:${rule.containerPort}/${rule.protocol}`;
