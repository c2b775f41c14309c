import { nowNano } from "../../lib/timestamp.ts";
import type { EngineEvent, EventQuery, EventType } from "./event.ts";
import { matchesEvent } from "./match-event.ts";

/** Events kept for `events --since`; older ones are forgotten, as in Docker (which keeps 256). */
const kept = 1024;

/** Tells everyone what happened, and remembers the last of it. */
export class EventBus {
  readonly #past: EngineEvent[] = [];
  readonly #listeners = new Set<(event: EngineEvent) => void>();

  get listeners(): number {
    return this.#listeners.size;
  }

  publish(type: EventType, action: string, id: string, attributes: Readonly<Record<string, string>>): void {
    const event: EngineEvent = { type, action, actor: { id, attributes }, timeNano: nowNano() };
    this.#past.push(event);
    if (this.#past.length > kept) this.#past.shift();
    for (const listener of this.#listeners) listener(event);
  }

  /** Past events that match, then live ones until `until` passes or the signal fires. */
  async *subscribe(query: EventQuery, signal: AbortSignal): AsyncGenerator<EngineEvent> {
    const queue: EngineEvent[] = [];
    let wake = () => {};
    const listener = (event: EngineEvent) => {
      queue.push(event);
      wake();
    };
    const nano = (seconds: number) => BigInt(Math.round(seconds * 1e6)) * 1000n;
    if (query.since !== undefined || query.until !== undefined) {
      const since = nano(query.since ?? 0);
      queue.push(...this.#past.filter((event) => event.timeNano >= since));
    }
    this.#listeners.add(listener);
    const until = query.until === undefined ? undefined : nano(query.until);
    let over = until !== undefined && until <= nowNano();
    const timer =
      until === undefined || over
        ? undefined
        : setTimeout(
            () => {
              over = true;
              wake();
            },
            Math.min(Number((until - nowNano()) / 1_000_000n) + 1, 2 ** 31 - 1),
          );
    const stop = () => wake();
    signal.addEventListener("abort", stop);
    try {
      while (!signal.aborted) {
        const event = queue.shift();
        if (event) {
          if (until !== undefined && event.timeNano > until) return;
          if (matchesEvent(event, query.filters)) yield event;
        } else if (over) {
          return;
        } else {
          const waiting = Promise.withResolvers<void>();
          wake = waiting.resolve;
          await waiting.promise;
        }
      }
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      this.#listeners.delete(listener);
    }
  }
}
