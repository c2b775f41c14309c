import type { EngineClient } from "../../../client/engine-client.ts";
import type { Hijacked } from "../../../client/hijack.ts";
import { EngineError, isKind } from "../../../errors/engine-error.ts";
import type { ContainerInspectResponse } from "../../../protocol/generated/types.ts";
import { LineMerger, type Source } from "../../logs/line-merger.ts";
import { type LogLine, logLines } from "../../logs/log-lines.ts";
import { unixTime } from "../../logs/many-logs.ts";
import { beginOfLife, momentOf, stampedNow } from "./log-moments.ts";
import type { LogOutput } from "./log-output.ts";

/** Which part of a container's log. Absent: from its beginning to where it is now. */
export interface LogPart {
  readonly follow: boolean;
  /** As the engine takes them. */
  readonly tail?: string;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** Milliseconds the last lines of a container that ended are waited for before its end is told. */
const patience = 1000;

/** The logs of containers of a project as one stream in the order of time; containers join whenever they are added. */
export class ContainerLogs {
  readonly #engine: EngineClient;
  readonly #output: LogOutput;
  readonly #signal: AbortSignal;
  readonly #complain: (name: string, error: EngineError) => void;
  readonly #merger: LineMerger<string>;
  /** Streams that are open, by container. */
  readonly #open = new Map<string, Promise<void>>();
  /** The last line seen of each: one that starts again goes on behind it. */
  readonly #last = new Map<string, bigint>();
  readonly #live: boolean;
  /** When something was heard last. */
  #active = 0;
  #news = Promise.withResolvers<void>();

  constructor(
    engine: EngineClient,
    output: LogOutput,
    signal: AbortSignal,
    complain: (name: string, error: EngineError) => void,
    { live = true } = {},
  ) {
    this.#live = live;
    this.#merger = new LineMerger({ live });
    this.#engine = engine;
    this.#output = output;
    this.#signal = signal;
    this.#complain = complain;
    signal.addEventListener("abort", () => this.#wake(), { once: true });
  }

  /** Reads a container's log as far as `part` says. */
  open(id: string, name: string, part: LogPart): void {
    this.#begin(id, name, async (source) => {
      const container = await this.#inspect(id);
      if (container) await this.#readLog(id, container, source, part);
    });
  }

  /** What it writes from now on: for logs the engine cannot read back. To be called before it starts. */
  async attach(id: string, name: string, tty: boolean): Promise<void> {
    const connection = await this.#connect(id);
    this.#begin(id, name, (source) => this.#hear(connection, source, tty));
  }

  /** What a container that does not run has said is not said again when it starts. */
  async skip(id: string, { State: state, Config: config }: ContainerInspectResponse): Promise<void> {
    const finished = momentOf(state?.FinishedAt);
    if (finished === undefined || state?.Running) return;
    this.#last.set(id, finished);
    // A last line may be noted after the end.
    const response = await this.#engine.stream("ContainerLogs", {
      params: { id },
      query: { stdout: true, stderr: true, timestamps: true, tail: "1" },
    });
    for await (const { time } of logLines(response.body, { framed: !config?.Tty, stamped: true })) {
      if (time > finished) this.#last.set(id, time);
    }
  }

  /** A life of a container that began: what it says in it, and what was missed between. */
  openLife(id: string, name: string): void {
    this.#begin(id, name, async (source) => {
      const container = await this.#inspect(id);
      if (!container) return;
      if (!isReadable(container)) {
        // What was attached to before it began has been heard.
        if (!container.State?.Running) return;
        await this.#hear(await this.#connect(id), source, Boolean(container.Config?.Tty));
        return;
      }
      const since = this.#last.get(id) ?? beginOfLife(container);
      const part = { follow: true, ...(since !== undefined && { since: unixTime(since + 1n) }) };
      await this.#readLog(id, container, source, part);
    });
  }

  /** Says that something happened to a container, after everything it has said. */
  async ended(id: string, name: string, text: string): Promise<void> {
    // An engine may keep the stream open when it starts again.
    await Promise.race([this.#open.get(id), Bun.sleep(patience)]);
    await this.#settled();
    this.#output.status(name, text);
  }

  /** Prints until the signal, or until `done` and every stream has ended. */
  async print(done: Promise<void>): Promise<void> {
    let over = false;
    const end = () => {
      over = true;
      this.#active = performance.now();
      this.#wake();
    };
    void done.then(end, end);
    while (!this.#signal.aborted) {
      const wait = this.#flush() ?? (over ? patience : undefined);
      if (over && this.#isDone()) return await done;
      await (wait === undefined ? this.#news.promise : Promise.race([this.#news.promise, Bun.sleep(wait)]));
      this.#news = Promise.withResolvers();
    }
  }

  /** Everything was said; or a stream that an engine forgets to end is silent, and keeps nobody. */
  #isDone(): boolean {
    if (this.#open.size === 0 && this.#merger.isEmpty) return true;
    return this.#live && performance.now() - this.#active > 2 * patience;
  }

  #flush(): number | undefined {
    const { ready, wait } = this.#merger.take(performance.now());
    if (ready.length > 0) this.#output.lines(ready);
    return wait;
  }

  /** Lines that are here already are printed before anything is said about them. */
  async #settled(): Promise<void> {
    const until = performance.now() + patience;
    while (!this.#merger.isEmpty && !this.#signal.aborted && performance.now() < until) {
      // Where nobody can say how long, a stream that is being opened holds the others back.
      await Bun.sleep(Math.min(this.#flush() ?? 20, 20));
    }
  }

  /** Of the life before there may be something to read still: that comes first. */
  #begin(id: string, name: string, work: (source: Source<string>) => Promise<void>): void {
    this.#output.add(name);
    const before = this.#open.get(id);
    const reading = this.#read(name, before, work).finally(() => {
      if (this.#open.get(id) === reading) this.#open.delete(id);
      this.#wake();
    });
    this.#open.set(id, reading);
  }

  async #read(
    name: string,
    before: Promise<void> | undefined,
    work: (source: Source<string>) => Promise<void>,
  ): Promise<void> {
    await before;
    if (this.#signal.aborted) return;
    const source = this.#merger.add(name);
    try {
      await work(source);
    } catch (error) {
      this.#failed(name, error);
    } finally {
      this.#merger.end(source);
    }
  }

  async #readLog(
    id: string,
    { Config: config }: ContainerInspectResponse,
    source: Source<string>,
    { follow, tail, since, until }: LogPart,
  ): Promise<void> {
    const response = await this.#engine.stream("ContainerLogs", {
      params: { id },
      query: {
        stdout: true,
        stderr: true,
        timestamps: true,
        follow: follow || undefined,
        tail,
        since,
        until,
      },
      signal: this.#signal,
    });
    this.#merger.opened(source, performance.now());
    this.#wake();
    for await (const line of logLines(response.body, { framed: !config?.Tty, stamped: true })) {
      this.#last.set(id, line.time);
      await this.#push(source, line);
    }
  }

  #connect(id: string): Promise<Hijacked> {
    return this.#engine.hijack("ContainerAttach", {
      params: { id },
      query: { stream: true, stdout: true, stderr: true },
      signal: this.#signal,
    });
  }

  async #hear({ input }: Hijacked, source: Source<string>, tty: boolean): Promise<void> {
    this.#merger.opened(source, performance.now());
    for await (const line of logLines(input, { framed: !tty, stamped: false })) {
      await this.#push(source, stampedNow(line));
    }
  }

  async #push(source: Source<string>, line: LogLine): Promise<void> {
    this.#active = performance.now();
    const more = this.#merger.push(source, line, performance.now());
    this.#wake();
    while (!more && !this.#merger.mayPush(source) && !this.#signal.aborted) await Bun.sleep(5);
  }

  async #inspect(id: string): Promise<ContainerInspectResponse | undefined> {
    try {
      return await this.#engine.call("ContainerInspect", { params: { id } });
    } catch (error) {
      if (isKind(error, "not_found")) return undefined;
      throw error;
    }
  }

  /** One that was removed while it was read is no failure. */
  #failed(name: string, error: unknown): void {
    if (this.#signal.aborted || isKind(error, "not_found")) return;
    if (!(error instanceof EngineError)) throw error;
    this.#complain(name, error);
  }

  readonly #wake = () => this.#news.resolve();
}

/** What is not kept can only be heard when it is said. */
export function isReadable({ HostConfig: host }: ContainerInspectResponse): boolean {
  return host?.LogConfig?.Type !== "none";
}
