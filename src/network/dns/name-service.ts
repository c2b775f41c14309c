import { isKind, messageOf, unavailable } from "../../errors/engine-error.ts";
import { log } from "../../lib/log.ts";
import { killProcess } from "../../sys/processes.ts";
import { spawnOutliving } from "../../sys/spawn.ts";
import type { NameService, ResolvedContainer } from "../names.ts";
import { resolverVersion } from "./control-protocol.ts";
import { ResolverLink, type Wish } from "./resolver-link.ts";
import { resolverCommand } from "./resolver-word.ts";

export interface NameServiceOptions {
  readonly execRoot: string;
  /** How this program is started: `hull`, or Bun and the entry file. */
  readonly program: readonly string[];
  /** A resolver that leaves an order this long without an answer is replaced. */
  readonly patienceMs?: number;
}

/** Far longer than anything takes. */
const usualPatienceMs = 5000;

/** A resolver that keeps dying is started anew at longer and longer intervals, up to this. */
const longestPauseMs = 5000;

/**
 * Names are answered by a process of its own (`resolver-process.ts`), one an engine, which is
 * started when the first container needs it, found again by the next engine, and started again
 * when it dies. What it has to know is kept here as well, so that it can be told anew at any time.
 */
// trail: engine restart
export class ResolverProcess implements NameService {
  readonly #options: NameServiceOptions;
  readonly #containers = new Map<string, ResolvedContainer>();
  #link: Promise<ResolverLink> | undefined;
  /** The same, once it is there. */
  #current: ResolverLink | undefined;
  #mended: string[] = [];
  #pauseMs = 0;
  #isClosed = false;

  constructor(options: NameServiceOptions) {
    this.#options = options;
  }

  prepare(): void {
    this.#connected().catch((error) => log.warn(`the resolver does not start: ${messageOf(error)}`));
  }

  async announce(container: ResolvedContainer): Promise<void> {
    this.#containers.set(container.containerId, container);
    try {
      await this.#order({ do: "announce", container });
    } catch (error) {
      this.#containers.delete(container.containerId);
      throw error;
    }
  }

  async withdraw(containerId: string): Promise<void> {
    if (!this.#containers.delete(containerId)) return;
    try {
      await this.#order({ do: "withdraw", containerId });
    } catch (error) {
      // Its sockets went with it.
      if (!isKind(error, "unavailable")) throw error;
    }
  }

  async restore(containers: readonly ResolvedContainer[]): Promise<string[]> {
    this.#containers.clear();
    for (const container of containers) this.#containers.set(container.containerId, container);
    if (containers.length > 0) {
      // Telling everything is the first thing that happens on every connection.
      await this.#connected();
      return this.#mended;
    }
    // Nobody needs one; one that is there holds what nobody needs.
    const { execRoot, patienceMs = usualPatienceMs } = this.#options;
    const link = await ResolverLink.connect(execRoot, patienceMs, () => {});
    if (!link) return [];
    const mended = await link.order({ do: "restore", containers }).catch(() => []);
    link.close();
    return [...mended];
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    try {
      const link = await this.#link;
      await link?.order({ do: "leave" });
      link?.close();
    } catch (error) {
      // It ends by itself when it is alone.
      log.debug(`the resolver was not told that the engine ends: ${messageOf(error)}`);
    }
  }

  /** A resolver that dies meanwhile is replaced, once, by one that was told everything. */
  async #order(wish: Wish): Promise<readonly string[]> {
    const link = await this.#connected();
    try {
      return await link.order(wish);
    } catch (error) {
      if (!isKind(error, "unavailable") || this.#isClosed) throw error;
      this.#giveUp(link);
      const next = await this.#connected();
      return wish.do === "announce" ? await next.order(wish) : [];
    }
  }

  #connected(): Promise<ResolverLink> {
    if (this.#link) return this.#link;
    const link = this.#connect();
    this.#link = link;
    link.catch(() => {
      if (this.#link === link) this.#link = undefined;
    });
    return link;
  }

  /** One of our version, found or started, that knows our containers. */
  async #connect(): Promise<ResolverLink> {
    const { execRoot, program, patienceMs = usualPatienceMs } = this.#options;
    const closed = (link: ResolverLink) => this.#lost(link);
    const found = await ResolverLink.connect(execRoot, patienceMs, closed);
    let link = found;
    if (!link || link.hello.hello !== resolverVersion) {
      // It takes the name of the one before over, which then ends by itself.
      await spawnOutliving([...program, resolverCommand, execRoot], environment());
      found?.close();
      link = await ResolverLink.connect(execRoot, patienceMs, closed);
      if (!link) throw unavailable("the resolver was started and does not answer");
    }
    const containers = [...this.#containers.values()];
    this.#mended = [...(await link.order({ do: "restore", containers }))];
    this.#current = link;
    this.#pauseMs = 0;
    return link;
  }

  /** Gone, or hung: then its sockets must not stand in the way of the next one. */
  #giveUp(link: ResolverLink): void {
    if (this.#current === link) {
      this.#current = undefined;
      this.#link = undefined;
    }
    if (link.isHung) killProcess(link.hello.pid, 9);
    link.close();
  }

  #lost(link: ResolverLink): void {
    if (this.#current !== link) return;
    this.#current = undefined;
    this.#link = undefined;
    if (this.#isClosed || this.#containers.size === 0) return;
    log.warn("the resolver has ended and is started again", { containers: this.#containers.size });
    this.#startAgain();
  }

  #startAgain(): void {
    setTimeout(() => {
      if (this.#isClosed || this.#containers.size === 0) return;
      this.#connected().catch((error) => {
        log.error(`the resolver does not start: ${messageOf(error)}`);
        this.#startAgain();
      });
    }, this.#pauseMs);
    this.#pauseMs = Math.min(longestPauseMs, this.#pauseMs * 2 + 50);
  }
}

function environment(): Record<string, string> {
  const names = ["PATH", "TMPDIR", "HULL_TRACE", "HULL_FAIL"];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
