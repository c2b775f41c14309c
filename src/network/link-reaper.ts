import { messageOf } from "../errors/engine-error.ts";
import { log } from "../lib/log.ts";
import type { NetworkKernel } from "./kernel.ts";

/** The kernel removes the interfaces of a dropped namespace within tens of milliseconds. */
const patience = 200;

/**
 * Removes host links. Most disappear by themselves with their namespace; one that does not,
 * because a stray process still holds the namespace, would keep its address on the bridge
 * beside its next owner. So everyone that should go is looked at once more.
 */
export class LinkReaper {
  readonly #kernel: NetworkKernel;
  readonly #expected = new Set<string>();
  #timer: Timer | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(kernel: NetworkKernel) {
    this.#kernel = kernel;
  }

  async removeNow(links: readonly string[]): Promise<void> {
    const present = links.filter((link) => this.#kernel.link(link));
    try {
      if (present.length > 0) await this.#kernel.deleteLinks(present);
    } finally {
      for (const link of links) this.#expected.delete(link);
    }
  }

  /** It is on its way out, and nobody has to do anything about it. */
  expects(link: string): boolean {
    return this.#expected.has(link);
  }

  makeSureOf(link: string): void {
    this.#expected.add(link);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#running = this.#running.then(() => this.#check());
    }, patience);
    this.#timer.unref();
  }

  /** Checks what is still expected to go, and waits for it. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#running;
    await this.#check();
  }

  async #check(): Promise<void> {
    const links = [...this.#expected];
    try {
      await this.removeNow(links);
    } catch (error) {
      log.warn("cannot remove network interfaces", { links: links.join(","), error: messageOf(error) });
    }
  }
}
