import type { EngineClient } from "../../client/engine-client.ts";
import { jsonMessages } from "../../client/json-messages.ts";
import { EngineError, isKind } from "../../errors/engine-error.ts";
import type { ContainerSummary, EventMessage } from "../../protocol/generated/types.ts";
import { atLeast } from "../../protocol/versions.ts";
import { portsText } from "../format/rows/ports.ts";
import type { Machine } from "./draw.ts";
import { isLive, type TopRow } from "./rows.ts";
import { type Counters, countersOf, type Usage, usageOf } from "./sample.ts";

export interface WatchOptions {
  /** Milliseconds between two looks at the counters. */
  readonly interval: number;
  readonly signal: AbortSignal;
  /** Something on the screen may have changed. */
  news(): void;
}

interface Details {
  readonly health: string;
  readonly restarts: number;
  readonly startedAt: number | undefined;
}

/** Questions under way at once: enough to be quick, few enough not to press the engine. */
const atOnce = 8;
/** The first processor shares shall not be long in coming. */
const firstPause = 500;
/** Milliseconds after the first of some events; they come in bunches. */
const gather = 100;

/**
 * Keeps what `top` shows up to date: counters by one short question a container and interval,
 * everything else only when the engine tells of an event.
 */
export class TopWatch {
  readonly #engine: EngineClient;
  readonly #options: WatchOptions;
  readonly #details = new Map<string, Details>();
  readonly #counters = new Map<string, Counters>();
  readonly #usage = new Map<string, Usage>();
  /** Containers an event told of since they were last looked at. */
  readonly #stale = new Set<string>();
  #containers: readonly ContainerSummary[] = [];
  #wake = () => {};
  #isPaused = false;
  #listing: Timer | undefined;
  machine: Machine = { name: "", processors: 0, memory: 0 };
  trouble: string | undefined;

  constructor(engine: EngineClient, options: WatchOptions) {
    this.#engine = engine;
    this.#options = options;
  }

  get rows(): TopRow[] {
    return this.#containers.map((container): TopRow => {
      const id = container.Id ?? "";
      const details = this.#details.get(id);
      return {
        id,
        name: container.Names?.[0]?.replace(/^\//, "") ?? id.slice(0, 12),
        image: container.Image ?? "",
        state: container.State ?? "",
        health: details?.health ?? "",
        restarts: details?.restarts ?? 0,
        startedAt: details?.startedAt,
        ports: portsText(
          (container.Ports ?? []).map(({ PrivatePort, PublicPort, IP, Type }) => ({
            PrivatePort,
            Type,
            ...(PublicPort && { PublicPort }),
            ...(IP && { IP }),
          })),
        ),
        usage: this.#usage.get(id),
      };
    });
  }

  /** Nobody is looking: nothing is asked. */
  set paused(value: boolean) {
    this.#isPaused = value;
    if (!value) this.#wake();
  }

  /** Fails when the engine cannot be asked at all; later it waits for it to come back. */
  async start(): Promise<void> {
    const info = await this.#engine.call("SystemInfo");
    this.machine = { name: info.Name ?? "", processors: info.NCPU ?? 0, memory: info.MemTotal ?? 0 };
    await this.#list();
  }

  /** Until the signal. */
  async run(): Promise<void> {
    await Promise.all([this.#again(() => this.#listen()), this.#again(() => this.#poll())]);
  }

  /** An engine that is away comes back: it is asked again until the end. */
  async #again(work: () => Promise<void>): Promise<void> {
    const { signal, news } = this.#options;
    while (!signal.aborted) {
      try {
        await work();
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof EngineError) && !(error instanceof Error && error.name !== "TypeError"))
          throw error;
        this.trouble = "the engine does not answer";
        news();
      }
      await this.#sleep(1000);
    }
  }

  async #listen(): Promise<void> {
    const response = await this.#engine.stream("SystemEvents", {
      query: { filters: JSON.stringify({ type: ["container"] }) },
      signal: this.#options.signal,
    });
    // Whatever happened while nobody listened.
    for (const { Id: id } of this.#containers) this.#stale.add(id ?? "");
    this.#soon();
    for await (const { Action: action = "", Actor: actor } of jsonMessages<EventMessage>(response.body)) {
      if (/^exec_|^(attach|detach|resize|top|export|archive-path|extract-to-dir)$/.test(action ?? ""))
        continue;
      this.#stale.add(actor?.ID ?? "");
      this.#soon();
    }
  }

  #soon(): void {
    this.#listing ??= setTimeout(() => {
      this.#listing = undefined;
      this.#list().then(this.#options.news, () => {
        // The engine went away; listening again begins with a list.
      });
    }, gather);
  }

  async #list(): Promise<void> {
    const containers = await this.#engine.call("ContainerList", {
      query: { all: true },
      signal: this.#options.signal,
    });
    const ids = new Set(containers.map(({ Id: id }) => id ?? ""));
    const unknown = [...ids].filter((id) => !this.#details.has(id) || this.#stale.has(id));
    this.#stale.clear();
    await each(unknown, async (id) => this.#inspect(id));
    this.#containers = containers;
    for (const map of [this.#details, this.#counters, this.#usage]) {
      for (const id of map.keys()) if (!ids.has(id)) map.delete(id);
    }
    for (const { Id: id = "", State: state } of containers) {
      if (!isLive({ state: state ?? "" })) this.#forget(id ?? "");
    }
    this.trouble = undefined;
  }

  async #inspect(id: string): Promise<void> {
    try {
      const { State: state, RestartCount: restarts } = await this.#engine.call("ContainerInspect", {
        params: { id },
      });
      const health = state?.Health?.Status ?? "none";
      this.#details.set(id, {
        health: health === "none" ? "" : health,
        restarts: restarts ?? 0,
        startedAt: state?.Running ? Date.parse(state.StartedAt ?? "") : undefined,
      });
    } catch (error) {
      if (!isKind(error, "not_found")) throw error;
    }
  }

  async #poll(): Promise<void> {
    const oneShot = atLeast(await this.#engine.version(), "1.41") || undefined;
    for (let first = true; ; first = false) {
      if (this.#isPaused) await this.#untilWoken();
      const live = this.#containers.filter(({ State: state }) => state === "running" || state === "paused");
      // Engines without short answers take two seconds for each, so all are asked at once.
      await each(
        live.map(({ Id: id }) => id ?? ""),
        async (id) => this.#count(id, oneShot),
        oneShot ? atOnce : live.length,
      );
      if (this.#options.signal.aborted) return;
      this.#options.news();
      await this.#sleep(first ? Math.min(firstPause, this.#options.interval) : this.#options.interval);
    }
  }

  async #count(id: string, oneShot: true | undefined): Promise<void> {
    try {
      const stats = await this.#engine.call("ContainerStats", {
        params: { id },
        query: { stream: false, "one-shot": oneShot },
        signal: this.#options.signal,
      });
      const counters = countersOf(stats);
      if (!counters) return this.#forget(id);
      this.#usage.set(id, usageOf(counters, this.#counters.get(id)));
      this.#counters.set(id, counters);
    } catch (error) {
      if (!isKind(error, "not_found") && !isKind(error, "conflict")) throw error;
      this.#forget(id);
    }
  }

  #forget(id: string): void {
    this.#counters.delete(id);
    this.#usage.delete(id);
  }

  async #untilWoken(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    this.#options.signal.addEventListener("abort", () => resolve(), { once: true });
    if (this.#isPaused && !this.#options.signal.aborted) await promise;
  }

  async #sleep(milliseconds: number): Promise<void> {
    const { signal } = this.#options;
    if (signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => resolve(), { once: true });
    await promise;
    clearTimeout(timer);
  }
}

/** The same for each, so many at a time. */
async function each(
  ids: readonly string[],
  work: (id: string) => Promise<void>,
  most = atOnce,
): Promise<void> {
  const queue = [...ids];
  const worker = async () => {
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) await work(id);
  };
  await Promise.all(Array.from({ length: Math.min(most, queue.length) }, worker));
}
