import type { LogLine } from "./log-lines.ts";

/** One container's lines on their way into the merged order. */
export interface Source<Name> {
  readonly name: Name;
  readonly queue: { readonly line: LogLine; readonly arrived: number }[];
  /** When it last gave something, or was opened; undefined until then. */
  active: number | undefined;
  ended: boolean;
}

export interface Ready<Name> {
  readonly name: Name;
  readonly line: LogLine;
}

/** Milliseconds a line waits for earlier ones of other containers. */
const reorderWindow = 100;
/** Lines of one container held back at most; beyond that its stream is not read on. */
const mostHeld = 2000;

/**
 * Brings lines of several containers into the order of their times. Histories are merged
 * exactly: nothing is given out while a container that is still sending has nothing here to
 * compare with. Live, a line waits a moment for earlier ones that are still on their way. Time
 * is given from outside, so that tests need not wait.
 */
export class LineMerger<Name> {
  readonly #sources = new Set<Source<Name>>();
  readonly #live: boolean;

  /** Not live: every container ends by itself, and is waited for however slowly it sends. */
  constructor({ live = true } = {}) {
    this.#live = live;
  }

  add(name: Name): Source<Name> {
    const source: Source<Name> = { name, queue: [], active: undefined, ended: false };
    this.#sources.add(source);
    return source;
  }

  opened(source: Source<Name>, now: number): void {
    source.active = now;
  }

  /** False when it should not send more for now. */
  push(source: Source<Name>, line: LogLine, now: number): boolean {
    source.active = now;
    source.queue.push({ line, arrived: now });
    return source.queue.length < mostHeld;
  }

  end(source: Source<Name>): void {
    source.ended = true;
    if (source.queue.length === 0) this.#sources.delete(source);
  }

  mayPush(source: Source<Name>): boolean {
    return source.queue.length < mostHeld;
  }

  get isEmpty(): boolean {
    return this.#sources.size === 0;
  }

  /** What may be given out now, and after how many milliseconds to ask again, if not only on news. */
  take(now: number): { readonly ready: readonly Ready<Name>[]; readonly wait: number | undefined } {
    const ready: Ready<Name>[] = [];
    for (;;) {
      const first = this.#earliest();
      if (!first) return { ready, wait: undefined };
      const wait = this.#waitFor(first, now);
      if (wait !== 0) return { ready, wait };
      const item = first.queue.shift();
      if (item) ready.push({ name: first.name, line: item.line });
      if (first.ended && first.queue.length === 0) this.#sources.delete(first);
    }
  }

  #earliest(): Source<Name> | undefined {
    let first: Source<Name> | undefined;
    for (const source of this.#sources) {
      const time = source.queue[0]?.line.time;
      const best = first?.queue[0]?.line.time;
      if (time !== undefined && (best === undefined || time < best)) first = source;
    }
    return first;
  }

  /** Zero: now; undefined: when something else happens. */
  #waitFor(first: Source<Name>, now: number): number | undefined {
    const silent = [...this.#sources].filter(({ queue, ended }) => queue.length === 0 && !ended);
    if (silent.length === 0) return 0;
    if (!this.#live || silent.some(({ active }) => active === undefined)) return undefined;
    const arrived = first.queue[0]?.arrived ?? now;
    const until = Math.max(arrived, ...silent.map(({ active }) => active ?? now)) + reorderWindow;
    return first.queue.length >= mostHeld ? 0 : Math.max(0, until - now);
  }
}
