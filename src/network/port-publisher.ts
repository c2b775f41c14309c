import { messageOf } from "../errors/engine-error.ts";
import { failpoint } from "../lib/failpoint.ts";
import { log } from "../lib/log.ts";
import type { PublishedPort } from "../records/container-record.ts";
import type { PortProxies } from "../sys/port-proxy.ts";
import { hostLinkOf } from "./bridge-driver.ts";
import type { BridgeFirewall } from "./bridge-firewall.ts";
import { type HostSideParts, sideOfOpen, sidesOf } from "./endpoint-sides.ts";
import { type HeldPort, heldPort, rulesOf } from "./held-port.ts";
import type { NetworkKernel } from "./kernel.ts";
import { loadedPorts } from "./loaded-ports.ts";
import type { Endpoint, OpenPorts, PortPublisher, PortWish, PublishedRoute } from "./network.ts";
import type { PublishedRule } from "./plan-published.ts";
import { takeAgain, takePort } from "./take-port.ts";

export interface PortPublisherParts extends HostSideParts {
  readonly kernel: NetworkKernel;
  readonly firewall: BridgeFirewall;
  /** Those of this engine, whether new ones are wanted or not. */
  readonly proxies: PortProxies;
}

/**
 * Host ports by real sockets, forwarding by elements of the firewall's maps. The sockets only
 * keep others away: packets are rewritten before a socket is looked for. What the kernel cannot
 * rewrite is copied by a process of its own, if that was asked for.
 */
// trail: run -p
export class BridgePortPublisher implements PortPublisher {
  readonly #parts: PortPublisherParts;
  #held: HeldPort[] = [];

  constructor(parts: PortPublisherParts) {
    this.#parts = parts;
  }

  async publish(
    endpoint: Endpoint,
    containerName: string,
    wishes: readonly PortWish[],
    standsBack = false,
  ): Promise<PublishedPort[]> {
    if (wishes.length === 0) return [];
    const { kernel } = this.#parts;
    const taken: HeldPort[] = [];
    try {
      for (const wish of wishes) {
        const asked = { endpoint, containerName, wish, standsBack };
        taken.push(...takePort(kernel, asked, sidesOf(this.#parts, asked), [...this.#held, ...taken]));
      }
    } catch (error) {
      for (const held of taken) await letGo(held);
      throw error;
    }
    // From here on they are seen by whoever publishes at the same time.
    this.#held.push(...taken);
    try {
      for (const held of taken) await this.#startProxy(held);
      await this.#firewall(true, taken);
    } catch (error) {
      this.#held = this.#held.filter((held) => !taken.includes(held));
      for (const held of taken) await letGo(held);
      await this.#parts.firewall.replacePublished(rulesOf(this.#held)).catch((failure) => {
        log.warn("the firewall was not brought back", { error: messageOf(failure) });
      });
      throw error;
    }
    try {
      // A container that calls its own published port comes back out of the port it went in by.
      kernel.setHairpin(hostLinkOf(endpoint));
      this.#forgetDatagrams(taken);
      await failpoint("network.publish");
    } catch (error) {
      await this.#drop(taken);
      throw error;
    }
    return taken.map((held) => held.port);
  }

  async unpublish(containerId: string, ports?: readonly PublishedPort[]): Promise<void> {
    await this.#drop(
      this.#held.filter(
        (held) =>
          held.containerId === containerId && (!ports || ports.some((port) => isSame(port, held.port))),
      ),
    );
  }

  // trail: compose rollout
  async stand(containerId: string, standsBack: boolean): Promise<void> {
    const changed = this.#held.filter(
      (held) => held.containerId === containerId && held.port.shared && held.standsBack !== standsBack,
    );
    if (changed.length === 0) return;
    for (const held of changed) held.standsBack = standsBack;
    await this.#firewall(true, changed);
    if (standsBack) this.#forgetDatagrams(changed);
  }

  async restore(published: readonly OpenPorts[]): Promise<string[]> {
    const done: string[] = [];
    for (const held of this.#held) held.reservation?.release();
    this.#held = [];
    const running = this.#parts.proxies.running();
    for (const { endpoint, containerName, ports, standsBack } of published) {
      for (const port of ports) {
        const side = sideOfOpen(this.#parts, endpoint, containerName, port);
        const held = heldPort(endpoint, containerName, port, side, undefined, standsBack);
        this.#held.push(held);
        const at = running.findIndex((proxy) => leadsTo(held, proxy));
        if (side.via !== "kernel" && at >= 0) held.proxy = running.splice(at, 1)[0];
      }
    }
    // First those that nobody wants: one of them may sit on a port that is wanted.
    for (const proxy of running) {
      await proxy.stop();
      done.push(`the proxy of port ${proxy.hostIp}:${proxy.hostPort} was left over and is stopped`);
    }
    for (const held of this.#held) {
      if (held.proxy) continue;
      const taken = takeAgain(this.#parts.kernel, held, this.#held);
      if (taken) done.push(taken);
      else await this.#startProxy(held).catch((error) => done.push(messageOf(error)));
    }
    const wanted = new Set(rulesOf(this.#held).map(describe));
    for (const rule of await loadedPorts(this.#parts.kernel, this.#parts.firewall.table)) {
      if (!wanted.has(describe(rule)))
        done.push(`published port ${describe(rule)} was left over and is closed`);
    }
    await this.#parts.firewall.replacePublished(rulesOf(this.#held));
    return done;
  }

  routes(): readonly PublishedRoute[] {
    return this.#held.map(({ containerId, port, side }) => ({ containerId, port, via: side.via }));
  }

  /** Lets go of the sockets; the forwarding stays, it is the containers' own. */
  close(): void {
    for (const held of this.#held) held.reservation?.release();
    this.#held = [];
  }

  async #drop(gone: readonly HeldPort[]): Promise<void> {
    if (gone.length === 0) return;
    this.#held = this.#held.filter((held) => !gone.includes(held));
    try {
      await this.#firewall(false, gone);
    } finally {
      for (const held of gone) await letGo(held);
    }
    this.#forgetDatagrams(gone);
  }

  #firewall(add: boolean, changed: readonly HeldPort[]): Promise<void> {
    const changes = rulesOf(changed).map((rule) => ({ add, rule }));
    return this.#parts.firewall.changePublished(changes, rulesOf(this.#held));
  }

  /** The proxy takes over the port that was reserved for it. */
  async #startProxy(held: HeldPort): Promise<void> {
    const { port, side } = held;
    if (side.via === "kernel" || port.protocol === "sctp") return;
    held.reservation?.release();
    held.reservation = undefined;
    held.proxy = await this.#parts.proxies.start({
      protocol: port.protocol,
      hostIp: port.hostIp,
      hostPort: port.hostPort,
      targetIp: side.containerIp,
      targetPort: port.containerPort,
    });
    await failpoint("network.proxy");
  }

  /**
   * Clients that keep their source port would stay with the container of before for as long as
   * they send. Those of others that share the port stay where they are.
   */
  #forgetDatagrams(ports: readonly HeldPort[]): void {
    for (const { port, side } of ports) {
      if (port.protocol !== "udp" || side.via === "proxy") continue;
      const isAlone = !this.#held.some(
        (held) =>
          held.port.hostPort === port.hostPort && held.port.hostIp === port.hostIp && held.side !== side,
      );
      const only = port.shared && !isAlone ? [side.containerIp] : [];
      this.#parts.kernel.forgetDatagrams(port.hostIp, port.hostPort, ...only);
    }
  }
}

async function letGo(held: HeldPort): Promise<void> {
  held.reservation?.release();
  await held.proxy?.stop();
}

const isSame = (one: PublishedPort, other: PublishedPort): boolean =>
  one.hostIp === other.hostIp &&
  one.hostPort === other.hostPort &&
  one.containerPort === other.containerPort &&
  one.protocol === other.protocol;

function leadsTo(
  { port, side }: HeldPort,
  proxy: { hostIp: string; hostPort: number; protocol: string; targetIp: string; targetPort: number },
): boolean {
  return (
    proxy.hostIp === port.hostIp &&
    proxy.hostPort === port.hostPort &&
    proxy.protocol === port.protocol &&
    proxy.targetIp === side.containerIp &&
    proxy.targetPort === port.containerPort
  );
}

const describe = (rule: PublishedRule): string =>
  `${rule.hostIp}:${rule.hostPort}->${rule.containerIp}:${rule.containerPort}/${rule.protocol}`;
