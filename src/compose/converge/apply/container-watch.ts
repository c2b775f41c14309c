import type { EngineClient } from "../../../client/engine-client.ts";
import { jsonMessages } from "../../../client/json-messages.ts";
import type { EventMessage } from "../../../protocol/generated/types.ts";
import { labels } from "../../labels.ts";

/** Events say when to look; this often somebody looks all the same, should one be lost. */
const lookAgain = 5_000;
/** Without events. */
const lookOften = 500;

/** Waits for containers of a project to come into a state, told by the engine's events. */
export class ContainerWatch implements Disposable {
  readonly #engine: EngineClient;
  readonly #project: string;
  readonly #over = new AbortController();
  readonly #listeners = new Set<(id: string | undefined) => void>();
  #opened: Promise<void> | undefined;
  #isBroken = false;

  constructor(engine: EngineClient, project: string) {
    this.#engine = engine;
    this.#project = project;
  }

  /** Looks at once, and again whenever something happens to one of the containers, until there is an answer. */
  async until<T>(
    ids: ReadonlySet<string>,
    look: () => Promise<T | undefined>,
    signal: AbortSignal,
  ): Promise<T> {
    this.#opened ??= this.#open();
    await this.#opened;
    let news = Promise.withResolvers<void>();
    const listener = (id: string | undefined) => {
      if (id === undefined || ids.has(id)) news.resolve();
    };
    this.#listeners.add(listener);
    const stop = () => news.reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    try {
      while (true) {
        signal.throwIfAborted();
        const answer = await look();
        if (answer !== undefined) return answer;
        signal.throwIfAborted();
        const timer = setTimeout(() => news.resolve(), this.#isBroken ? lookOften : lookAgain);
        try {
          await news.promise;
        } finally {
          clearTimeout(timer);
        }
        news = Promise.withResolvers<void>();
      }
    } finally {
      news.promise.catch(() => {});
      this.#listeners.delete(listener);
      signal.removeEventListener("abort", stop);
    }
  }

  /** Resolves when events flow: what happens from then on is not missed. */
  async #open(): Promise<void> {
    const filters = { type: ["container"], label: [`${labels.project}=${this.#project}`] };
    try {
      const response = await this.#engine.stream("SystemEvents", {
        query: { filters: JSON.stringify(filters) },
        signal: this.#over.signal,
      });
      void this.#follow(response.body);
    } catch {
      // Whoever looks without events is told by the engine why.
      this.#isBroken = true;
    }
  }

  async #follow(body: ReadableStream<Uint8Array> | null): Promise<void> {
    try {
      for await (const { Actor: actor } of jsonMessages<EventMessage>(body)) this.#tell(actor?.ID ?? "");
    } catch {
      // Broken off: see below.
    }
    if (this.#over.signal.aborted) return;
    this.#isBroken = true;
    this.#tell(undefined);
  }

  #tell(id: string | undefined): void {
    for (const listener of this.#listeners) listener(id);
  }

  [Symbol.dispose](): void {
    this.#over.abort();
  }
}
