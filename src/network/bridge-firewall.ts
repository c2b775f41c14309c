import { messageOf } from "../errors/engine-error.ts";
import { log } from "../lib/log.ts";
import type { NetworkRecord } from "../records/network-record.ts";
import { bridgeOptions } from "./bridge-options.ts";
import type { NetworkKernel, PublishedChange } from "./kernel.ts";
import {
  type BridgeRules,
  editionChain,
  type PublishedRule,
  planNetworkChange,
  planNetworks,
  planPublished,
  planRemoval,
  planTable,
} from "./plan-rules.ts";
import type { Problem } from "./problem.ts";

export function rulesOf(network: NetworkRecord): BridgeRules {
  const { bridge, connected, masquerade } = bridgeOptions(network);
  return {
    bridge,
    connected,
    masquerade,
    internal: network.internal,
    subnets: network.ipam.pools.map((pool) => pool.subnet).filter((subnet) => !subnet.includes(":")),
  };
}

/**
 * The one firewall table of this engine: loaded with the first bridge network, removed with
 * the last. It outlives the engine, so that published ports go on while no engine runs.
 */
// trail: run -p
export class BridgeFirewall {
  readonly table: string;
  readonly #kernel: NetworkKernel;
  readonly #networks = new Map<string, BridgeRules>();
  #published: readonly PublishedRule[] = [];
  #queue: Promise<unknown> = Promise.resolve();

  constructor(kernel: NetworkKernel, table: string) {
    this.#kernel = kernel;
    this.table = table;
  }

  /** At start: a table of the same edition stays and keeps forwarding, any other is replaced. */
  load(networks: readonly NetworkRecord[]): Promise<void> {
    return this.#inOrder(async () => {
      this.#networks.clear();
      for (const network of networks) this.#networks.set(network.id, rulesOf(network));
      const isLoaded = await this.#kernel.hasChain(this.table, editionChain);
      if (this.#networks.size === 0)
        return isLoaded ? this.#kernel.applyRules(planRemoval(this.table)) : undefined;
      const start = isLoaded ? "" : planTable(this.table);
      await this.#kernel.applyRules(start + planNetworks(this.table, [...this.#networks.values()]));
    });
  }

  add(network: NetworkRecord): Promise<void> {
    return this.#inOrder(async () => {
      const rules = rulesOf(network);
      const known = this.#networks.get(network.id);
      if (known && JSON.stringify(known) === JSON.stringify(rules)) return;
      this.#networks.set(network.id, rules);
      try {
        if (known || this.#networks.size === 1) await this.#reload();
        else await this.#applyOrReload(planNetworkChange(this.table, "add", rules));
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
      if (this.#networks.size === 0) await this.#kernel.applyRules(planRemoval(this.table));
      else await this.#applyOrReload(planNetworkChange(this.table, "delete", rules));
    });
  }

  /** Forwards exactly these ports, in one transaction. */
  replacePublished(rules: readonly PublishedRule[]): Promise<void> {
    return this.#inOrder(async () => {
      this.#published = rules;
      if (this.#networks.size === 0) return;
      await this.#kernel.applyRules(planPublished(this.table, rules));
    });
  }

  /**
   * Adds and removes forwarded ports. `now` is how it shall be afterwards; when the table is not
   * as we left it (someone ran `nft flush ruleset`), all of it is loaded again from that.
   */
  async changePublished(changes: readonly PublishedChange[], now: readonly PublishedRule[]): Promise<void> {
    const before = this.#published;
    this.#published = now;
    try {
      this.#kernel.changePublished(this.table, changes);
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
        this.#networks.size === 0 ? [] : this.#kernel.previewRules(this.table, this.#script()),
      ]);
      const [has, needs] = [new Set(found), new Set(wanted)];
      const missing = wanted.filter((rule) => !has.has(rule)).length;
      const extra = found.filter((rule) => !needs.has(rule)).length;
      if (missing === 0 && extra === 0) return [];
      return [
        {
          what: `firewall table ${this.table}: ${missing} of its rules and elements were missing, ${extra} were not ours; it is loaded anew`,
          mend: () => this.#inOrder(() => this.#reload()),
        },
      ];
    });
  }

  #script(): string {
    return (
      planTable(this.table) +
      planNetworks(this.table, [...this.#networks.values()]) +
      planPublished(this.table, this.#published)
    );
  }

  unload(): Promise<void> {
    return this.#inOrder(async () => {
      if (this.#networks.size > 0) await this.#kernel.applyRules(planRemoval(this.table));
      this.#networks.clear();
    });
  }

  /** A change that does not fit means that somebody flushed the firewall: then all of it is loaded. */
  async #applyOrReload(script: string): Promise<void> {
    try {
      await this.#kernel.applyRules(script);
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

  async #reload(): Promise<void> {
    let published: readonly PublishedRule[];
    do {
      published = this.#published;
      await this.#kernel.applyRules(
        planTable(this.table) +
          planNetworks(this.table, [...this.#networks.values()]) +
          planPublished(this.table, published),
      );
      // A port that was published meanwhile may have gone into the table that was replaced.
    } while (published !== this.#published);
  }

  #inOrder<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => {});
    return result;
  }
}
