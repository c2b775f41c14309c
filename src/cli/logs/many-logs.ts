import type { EngineClient } from "../../client/engine-client.ts";
import { jsonMessages } from "../../client/json-messages.ts";
import { EngineError, messageOf } from "../../errors/engine-error.ts";
import type { EventMessage } from "../../protocol/generated/types.ts";
import type { Terminal } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import type { Paint } from "../terminal/colours.ts";
import {
  type Choice,
  type ChosenContainer,
  chooseContainers,
  inspectOrGone,
  isChosen,
  isOpenChoice,
  shownName,
} from "./choose.ts";
import { LineMerger, type Ready, type Source } from "./line-merger.ts";
import { logLines } from "./log-lines.ts";
import { Prefixes } from "./prefix.ts";

export interface ManyLogs extends Choice {
  readonly follow: boolean;
  /** As the engine takes them; empty where not given. */
  readonly tail: string;
  readonly since: string;
  readonly until: string;
  readonly timestamps: boolean;
  readonly details: boolean;
}

/** The logs of several containers as one, in the order of time; with `follow`, until the signal or their end. */
export async function showManyLogs(
  engine: EngineClient,
  wish: ManyLogs,
  terminal: Terminal,
  paint: Paint,
  signal: AbortSignal,
): Promise<number> {
  const chosen = await chooseContainers(engine, wish);
  const names = chosen.map(({ name }) => shownName(name, wish.project));
  return new Merging(engine, wish, terminal, new Prefixes(paint, names), signal).run(chosen);
}

class Merging {
  readonly #engine: EngineClient;
  readonly #wish: ManyLogs;
  readonly #terminal: Terminal;
  readonly #prefixes: Prefixes;
  /** Ends what runs: Ctrl-C, or the end of the command. */
  readonly #over = new AbortController();
  readonly #merger: LineMerger<string>;
  /** Containers whose log is open, and whether one started again before its log ended. */
  readonly #open = new Map<string, { again: boolean }>();
  /** The last line seen of each: one that starts again goes on behind it. */
  readonly #last = new Map<string, bigint>();
  #news = Promise.withResolvers<void>();
  #code: number = exitCode.ok;

  constructor(
    engine: EngineClient,
    wish: ManyLogs,
    terminal: Terminal,
    prefixes: Prefixes,
    signal: AbortSignal,
  ) {
    this.#engine = engine;
    this.#wish = wish;
    this.#merger = new LineMerger({ live: wish.follow });
    this.#terminal = terminal;
    this.#prefixes = prefixes;
    signal.addEventListener("abort", () => this.#stop(), { once: true });
    if (signal.aborted) this.#stop();
  }

  async run(chosen: readonly ChosenContainer[]): Promise<number> {
    const joins = this.#wish.follow && isOpenChoice(this.#wish);
    const began = Date.now() / 1000;
    for (const container of chosen) this.#start(container, false);
    if (joins) this.#watch(began).catch((error) => this.#complain("events", error));
    try {
      await this.#print(joins);
    } finally {
      this.#stop();
    }
    return this.#code;
  }

  async #print(joins: boolean): Promise<void> {
    while (!this.#over.signal.aborted) {
      const { ready, wait } = this.#merger.take(performance.now());
      if (ready.length > 0) this.#terminal.out(ready.map((one) => this.#lineText(one)).join(""));
      if (this.#merger.isEmpty && this.#open.size === 0 && !joins) return;
      await (wait === undefined ? this.#news.promise : Promise.race([this.#news.promise, Bun.sleep(wait)]));
      this.#news = Promise.withResolvers();
    }
  }

  #lineText({ name, line }: Ready<string>): string {
    const stamp = this.#wish.timestamps ? `${line.stamp} ` : "";
    return `${this.#prefixes.of(name)}${stamp}${line.text.replace(/\r$/, "")}\n`;
  }

  #start(container: ChosenContainer, joins: boolean): void {
    this.#open.set(container.id, { again: false });
    const name = shownName(container.name, this.#wish.project);
    const source = this.#merger.add(name);
    this.#read(container, source, joins)
      .catch((error) => this.#complain(name, error))
      .finally(() => {
        this.#merger.end(source);
        const again = this.#open.get(container.id)?.again;
        this.#open.delete(container.id);
        if (again && !this.#over.signal.aborted) this.#start(container, true);
        this.#wake();
      });
  }

  /** Of one that joins everything is shown, and of one that started again what is new. */
  async #read(container: ChosenContainer, source: Source<string>, joins: boolean): Promise<void> {
    const { follow, tail, since, until, details } = this.#wish;
    const last = this.#last.get(container.id);
    const response = await this.#engine.stream("ContainerLogs", {
      params: { id: container.id },
      query: {
        stdout: true,
        stderr: true,
        timestamps: true,
        follow: follow || undefined,
        tail: joins || tail === "" ? undefined : tail,
        since: last === undefined ? since || undefined : unixTime(last + 1n),
        until: until || undefined,
        details: details || undefined,
      },
      signal: this.#over.signal,
    });
    this.#merger.opened(source, performance.now());
    this.#wake();
    for await (const line of logLines(response.body, { framed: !container.tty, stamped: true })) {
      this.#last.set(container.id, line.time);
      const more = this.#merger.push(source, line, performance.now());
      this.#wake();
      while (!more && !this.#merger.mayPush(source) && !this.#over.signal.aborted) await Bun.sleep(5);
    }
  }

  /** Containers that start while we follow: new ones join, known ones go on. */
  async #watch(since: number): Promise<void> {
    const response = await this.#engine.stream("SystemEvents", {
      query: { since: since.toFixed(6), filters: JSON.stringify({ type: ["container"], event: ["start"] }) },
      signal: this.#over.signal,
    });
    for await (const { Actor: actor } of jsonMessages<EventMessage>(response.body)) {
      const id = actor?.ID ?? "";
      const open = this.#open.get(id);
      if (open) open.again = true;
      else if (await isChosen(this.#engine, this.#wish, id)) {
        const container = await inspectOrGone(this.#engine, id);
        if (container && !this.#open.has(id)) this.#start(container, true);
      }
    }
  }

  #complain(name: string, error: unknown): void {
    if (this.#over.signal.aborted) return;
    if (!(error instanceof EngineError)) throw error;
    this.#code = exitCode.failed;
    this.#terminal.err(`${name}: ${messageOf(error)}\n`);
  }

  #wake(): void {
    this.#news.resolve();
  }

  #stop(): void {
    this.#over.abort();
    this.#wake();
  }
}

/** As the API takes times: seconds with a fraction. */
export function unixTime(nanos: bigint): string {
  return `${nanos / 1_000_000_000n}.${String(nanos % 1_000_000_000n).padStart(9, "0")}`;
}
