import type { Successor } from "../converge/deeds.ts";
import { standsInTheWay } from "../create/port-conflict.ts";
import type { ObservedContainer } from "../observe/observed.ts";
import type { UpdatePolicy } from "./update-policy.ts";

/** What the steps of one replacement need to know of the rollout. */
export interface ReplacementParts {
  readonly policy: UpdatePolicy;
  readonly drainSeconds: number;
  /** Until it serves, or why it does not. */
  watch(container: ObservedContainer, monitorMs: number): Promise<void>;
  /** The same for one that is brought back. */
  watchOld(container: ObservedContainer, monitorMs: number): Promise<void>;
  warn(sentence: string): void;
}

/**
 * One replica that makes room for its successor. The old one is stopped and kept, so that it can
 * be brought back; `finish` removes it.
 */
export class Replacement {
  readonly old: ObservedContainer;
  readonly successor: Successor;
  readonly #parts: ReplacementParts;
  #isOldStopped = false;
  #isFinished = false;

  constructor(old: ObservedContainer, successor: Successor, parts: ReplacementParts) {
    this.old = old;
    this.successor = successor;
    this.#parts = parts;
  }

  /** Throws why the new one does not serve; nothing is taken back then. */
  async change(): Promise<void> {
    const { policy, watch, warn } = this.#parts;
    const container = { ...this.successor.container, name: this.old.name };
    if (policy.order === "stop-first") {
      await this.#stopOld();
      await this.successor.start();
      await watch(container, policy.monitorMs);
      return;
    }
    try {
      await this.successor.start();
    } catch (error) {
      if (!standsInTheWay(error)) throw error;
      warn(
        `${this.old.name} and its successor cannot run side by side, so it is stopped first: what they publish, or their address, can be had once only`,
      );
      await this.#stopOld();
      await this.successor.start();
    }
    await watch(container, this.#isOldStopped ? policy.monitorMs : 0);
    await this.#stopOld();
    if (policy.monitorMs > 0) await watch(container, policy.monitorMs);
  }

  /** The old one serves again, the new one is gone. */
  async takeBack(policy: UpdatePolicy): Promise<void> {
    if (!this.#isOldStopped) return await this.successor.undo();
    if (policy.order === "stop-first") {
      await this.successor.undo();
      await this.successor.startOld();
    } else {
      try {
        await this.successor.startOld();
      } catch (error) {
        if (!standsInTheWay(error)) throw error;
        await this.successor.undo();
        await this.successor.startOld();
      }
      await this.#parts.watchOld(this.old, 0);
      await this.successor.undo();
    }
    this.#isOldStopped = false;
    await this.#parts.watchOld(this.old, policy.monitorMs);
  }

  /** No way back from here. */
  async finish(): Promise<void> {
    if (this.#isFinished) return;
    this.#isFinished = true;
    await this.successor.finish();
  }

  async #stopOld(): Promise<void> {
    if (this.#isOldStopped) return;
    this.#isOldStopped = true;
    await this.successor.stopOld(this.#parts.drainSeconds);
  }
}
