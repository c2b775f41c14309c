import { messageOf } from "../errors/engine-error.ts";
import { formatSubnet } from "../lib/ip.ts";
import { log } from "../lib/log.ts";
import type { NetworkRecord } from "../records/network-record.ts";
import { bridgeOptions } from "./bridge-options.ts";
import { poolsOf } from "./ipam.ts";
import type { NetworkKernel } from "./kernel.ts";
import { type PublishedRule, planPublished, planShared, sharedChain } from "./plan-published.ts";
import {
  type BridgeRules,
  editionChain,
  familiesOf,
  planNetworkChange,
  planNetworks,
  planRemoval,
  planTable,
} from "./plan-rules.ts";
import type { Problem } from "./problem.ts";
import { type TableFamily, tableFamilies } from "./table-family.ts";

export function rulesOf(network: NetworkRecord): BridgeRules {
  const { bridge, connected, masquerade } = bridgeOptions(network);
  const pools = [...poolsOf(network, 4), ...(network.enableIpv6 ? poolsOf(network, 6) : [])];
  return {
    bridge,
    connected,
    masquerade,
    internal: network.internal,
    subnets: pools.map((pool) => formatSubnet(pool.subnet)),
  };
}

export interface PublishedChange {
  readonly add: boolean;
  readonly rule: PublishedRule;
}

/**
 * The firewall tables of this engine, one per address family, always changed together: loaded
 * with the first bridge network, removed with the last. They outlive the engine, so that
 * published ports go on while no engine runs.
 */
// trail: run -p
export class BridgeFirewall {
  readonly table: string;
  readonly #kernel: NetworkKernel;
  readonly #networks = new Map<string, BridgeRules>();
  /** Tables that are there. */
  #loaded: readonly TableFamily[] = [];
  #published: readonly PublishedRule[] = [];
  /** Chains of shared ports that are there. */
  #sharedChains: ReadonlySet<string> = new Set();
  #queue: Promise<unknown> = Promise.resolve();

  constructor(kernel: NetworkKernel, table: string) {
    this.#kernel = kernel;
    this.table = table;
  }

  /** At start: tables of the same edition stay and keep forwarding, any other is replaced. */
  load(networks: readonly NetworkRecord[]): Promise<void> {
    return this.#inOrder(async () => {
      this.#networks.clear();
      for (const network of networks) this.#networks.set(network.id, rulesOf(network));
      const chains = await this.#kernel.chainsOf(this.table);
      this.#loaded = tableFamilies.filter((family) => chains[family].length > 0);
      const wanted = this.#wanted();
      const keeps = wanted.every((family) => chains[family].includes(editionChain(this.#routesLoopback())));
      if (!keeps || wanted.length !== this.#loaded.length) return await this.#reload();
      if (wanted.length === 0) return;
      const script = wanted.map((family) => planNetworks(this.table, family, this.#rules())).join("");
      await this.#kernel.applyRules(script);
    });
  }

  add(network: NetworkRecord): Promise<void> {
    return this.#inOrder(async () => {
      const rules = rulesOf(network);
      const known = this.#networks.get(network.id);
      if (known && JSON.stringify(known) === JSON.stringify(rules)) return;
      this.#networks.set(network.id, rules);
      try {
        if (known) await this.#reload();
        else await this.#changeNetwork("add", rules);
      } catch (error) {
        this.#networks.delete(network.id);
        throw error;
      }
    });
  }

  remove(network: NetworkRecord): Promise<void> {
    return this.#inOrder(async () => {
      const rules = this.#networks.get(network.id);
      if (!rules) return;
      this.#networks.delete(network.id);
      await this.#changeNetwork("delete", rules);
    });
  }

  /** Forwards exactly these ports, in one transaction. */
  replacePublished(rules: readonly PublishedRule[]): Promise<void> {
    return this.#inOrder(async () => {
      this.#published = rules;
      if (this.#networks.size > 0) await this.#reload();
    });
  }

  /**
   * Adds and removes forwarded ports. `now` is how it shall be afterwards; when a table is not
   * as we left it (someone ran `nft flush ruleset`), all of it is loaded again from that.
   */
  async changePublished(changes: readonly PublishedChange[], now: readonly PublishedRule[]): Promise<void> {
    const before = this.#published;
    this.#published = now;
    try {
      await this.#changePublished(changes);
    } catch (failure) {
      this.#explain(failure);
      try {
        await this.#inOrder(() => this.#reload());
      } catch (error) {
        this.#published = before;
        throw error;
      }
    }
  }

  /** Holds the loaded table against what it must say, every rule and element. */
  examine(): Promise<Problem[]> {
    return this.#inOrder(async () => {
      const [found, wanted] = await Promise.all([
        this.#kernel.listRules(this.table),
        this.#kernel.previewRules(this.table, this.#script(this.#published)),
      ]);
      const [has, needs] = [new Set(found), new Set(wanted)];
      const missing = wanted.filter((rule) => !has.has(rule)).length;
      const extra = found.filter((rule) => !needs.has(rule)).length;
      if (missing === 0 && extra === 0) return [];
      return [
        {
          what: `firewall table ${this.table}: ${missing} rules and elements are missing, ${extra} are not its own`,
          mend: () => this.#inOrder(() => this.#reload()),
        },
      ];
    });
  }

  unload(): Promise<void> {
    return this.#inOrder(async () => {
      this.#networks.clear();
      if (this.#loaded.length > 0) await this.#reload();
    });
  }

  /** Elements go by netlink, in a tenth of a millisecond; chains of shared ports need `nft`. */
  async #changePublished(changes: readonly PublishedChange[]): Promise<void> {
    const own = changes.filter((change) => !change.rule.shared);
    if (own.length > 0) {
      const elements = own.map(({ add, rule }) => ({ ...rule, add }));
      this.#kernel.changePublished(this.table, elements);
    }
    const shared = changes.filter((change) => change.rule.shared).map((change) => change.rule);
    if (shared.length > 0) await this.#inOrder(() => this.#changeShared(shared));
  }

  /** To how it is now, not to how it was when this was asked for: others share the same ports. */
  async #changeShared(rules: readonly PublishedRule[]): Promise<void> {
    const ports = new Map(rules.map((rule) => [sharedChain(rule), rule]));
    let script = "";
    const open = new Set(this.#sharedChains);
    for (const [chain, rule] of ports) {
      const now = this.#published.filter((one) => one.shared && sharedChain(one) === chain);
      if (now.length > 0 || open.has(chain)) script += planShared(this.table, rule, now);
      if (now.length > 0) open.add(chain);
      else open.delete(chain);
    }
    if (script !== "") await this.#kernel.applyRules(script);
    this.#sharedChains = open;
  }

  #rules(): BridgeRules[] {
    return [...this.#networks.values()];
  }

  /** Where the kernel may not be told to, it is so for all bridges. */
  #routesLoopback(): boolean {
    return this.#rules().every(({ internal, bridge }) => internal || this.#kernel.routesLoopback(bridge));
  }

  /** On a machine without IPv6 there is nothing to keep apart there. */
  #wanted(): TableFamily[] {
    return familiesOf(this.#rules()).filter((family) => family === "ip" || this.#kernel.hasIpv6());
  }

  /** A change that does not fit means that somebody flushed the firewall: then all of it is loaded. */
  async #changeNetwork(verb: "add" | "delete", rules: BridgeRules): Promise<void> {
    const wanted = this.#wanted();
    if (wanted.length !== this.#loaded.length) return await this.#reload();
    try {
      const changes = wanted.map((family) => planNetworkChange(this.table, family, verb, rules));
      await this.#kernel.applyRules(changes.join(""));
    } catch (failure) {
      this.#explain(failure);
      await this.#reload();
    }
  }

  #explain(failure: unknown): void {
    log.warn("the firewall is not as it was left, loading it anew", {
      table: this.table,
      error: messageOf(failure),
    });
  }

  /** All tables as they should be, in one transaction: nothing is open or shut in between. */
  async #reload(): Promise<void> {
    let published: readonly PublishedRule[];
    do {
      published = this.#published;
      const wanted = this.#wanted();
      const unwanted = this.#loaded.filter((family) => !wanted.includes(family));
      const script = [
        ...unwanted.map((family) => planRemoval(this.table, family)),
        this.#script(published),
      ].join("");
      if (script === "") return;
      await this.#kernel.applyRules(script);
      this.#loaded = wanted;
      this.#sharedChains = new Set(published.filter((rule) => rule.shared).map(sharedChain));
      // A port that was published meanwhile may have gone into the table that was replaced.
    } while (published !== this.#published);
  }

  #script(published: readonly PublishedRule[]): string {
    const text = (family: TableFamily) =>
      planTable(this.table, family, this.#routesLoopback()) +
      planNetworks(this.table, family, this.#rules()) +
      planPublished(this.table, family, published);
    return this.#wanted().map(text).join("");
  }

  #inOrder<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => {});
    return result;
  }
}
