import type { EngineClient } from "../../client/engine-client.ts";
import { jsonMessages } from "../../client/json-messages.ts";
import { isKind } from "../../errors/engine-error.ts";
import type { ContainerStatsResponse, EventMessage } from "../../protocol/generated/types.ts";

/** One container that is looked at, and the last that is known of it. */
export interface WatchedContainer {
  /** As it was asked for. */
  readonly container: string;
  readonly stats: ContainerStatsResponse | undefined;
}

interface Watched {
  readonly container: string;
  readonly gone: AbortController;
  stats: ContainerStatsResponse | undefined;
  error: unknown;
  /** Settles with the first answer, or without one. */
  readonly first: Promise<void>;
  ended: boolean;
}

interface WatchOptions {
  /** One sample each instead of a stream. */
  readonly once: boolean;
  /** Those that do not run as well. */
  readonly all: boolean;
  /** Of all only those that have these, `key=value`. */
  readonly labels: readonly string[];
}

/** Keeps the latest statistics of containers: of some by name, or of all that come and go. */
export class StatsWatch implements AsyncDisposable {
  readonly #engine: EngineClient;
  readonly #options: WatchOptions;
  readonly #end: AbortController = new AbortController();
  readonly #watched = new Map<string, Watched>();
  #watchesAll = false;
  #wake = () => {};

  constructor(engine: EngineClient, options: WatchOptions, signal: AbortSignal) {
    this.#engine = engine;
    this.#options = options;
    signal.addEventListener("abort", () => this.#stop(), { once: true });
    if (signal.aborted) this.#stop();
  }

  watch(names: readonly string[]): void {
    for (const name of names) this.#add(name);
  }

  async watchAll(): Promise<void> {
    this.#watchesAll = true;
    // Events first: what starts in between is in both, and added once.
    if (!this.#options.once) await this.#follow();
    const { all, labels } = this.#options;
    const filters = labels.length > 0 ? JSON.stringify({ label: labels }) : undefined;
    const query = { all: all || undefined, filters };
    const containers = await this.#engine.call("ContainerList", { query, signal: this.#end.signal });
    for (const { Id: id } of containers) this.#add(this.#shown(id));
  }

  /** Of every container one answer, or the reason why there is none. */
  async firstAnswers(): Promise<void> {
    await Promise.all([...this.#watched.values()].map(({ first }) => first));
  }

  containers(): WatchedContainer[] {
    return [...this.#watched.values()];
  }

  failures(): unknown[] {
    return [...this.#watched.values()].flatMap(({ error }) => (error === undefined ? [] : [error]));
  }

  /** No container that was asked for by name is there any more. */
  get isOver(): boolean {
    return !this.#watchesAll && [...this.#watched.values()].every(({ ended }) => ended);
  }

  /** Until so much time has passed or everything ends. */
  pause(milliseconds: number): Promise<void> {
    if (this.#end.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop();
    await this.firstAnswers();
  }

  /** Of a project whole, as Docker Compose has it. */
  #shown(id: string | null | undefined): string {
    return (id ?? "").slice(0, this.#options.labels.length > 0 ? undefined : 12);
  }

  #stop(): void {
    this.#end.abort();
    this.#wake();
  }

  #add(container: string): void {
    if (this.#watched.has(container)) return;
    const { promise: first, resolve } = Promise.withResolvers<void>();
    const one: Watched = {
      container,
      gone: new AbortController(),
      stats: undefined,
      error: undefined,
      first,
      ended: false,
    };
    this.#watched.set(container, one);
    void this.#collect(one, resolve)
      .catch((error: unknown) => {
        if (!this.#end.signal.aborted && !one.gone.signal.aborted) one.error = error;
      })
      .finally(() => {
        one.ended = true;
        resolve();
        // Of all containers it is no longer one; of those named it stays, with the reason.
        if (this.#watchesAll && !this.#options.once) this.#watched.delete(container);
      });
  }

  async #collect(one: Watched, answered: () => void): Promise<void> {
    const signal = AbortSignal.any([this.#end.signal, one.gone.signal]);
    const params = { id: one.container };
    const query = { stream: this.#options.once ? 0 : 1 };
    const response = await this.#engine.stream("ContainerStats", { params, query, signal });
    for await (const sample of jsonMessages<ContainerStatsResponse>(response.body)) {
      one.stats = sample;
      answered();
    }
  }

  /** Containers that start are added, those that end are taken away. */
  async #follow(): Promise<void> {
    const { labels } = this.#options;
    const filters = JSON.stringify({ type: ["container"], ...(labels.length > 0 && { label: labels }) });
    const { signal } = this.#end;
    const response = await this.#engine.stream("SystemEvents", { query: { filters }, signal });
    void (async () => {
      for await (const event of jsonMessages<EventMessage>(response.body)) this.#heard(event);
    })().catch((error: unknown) => {
      if (!this.#end.signal.aborted && !isKind(error, "cancelled")) this.#stop();
    });
  }

  #heard({ Action: action, Actor: actor }: EventMessage): void {
    const container = this.#shown(actor?.ID);
    const { all } = this.#options;
    if (action === "start" || (all && action === "create")) this.#add(container);
    else if (action === "destroy" || (!all && action === "die")) {
      this.#watched.get(container)?.gone.abort();
      this.#watched.delete(container);
    }
  }
}
