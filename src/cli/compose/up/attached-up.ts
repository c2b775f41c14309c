import type { ComposeContext } from "../../../compose/compose-context.ts";
import type { HookLine } from "../../../compose/converge/deeds.ts";
import { kill } from "../../../compose/converge/kill.ts";
import { stop } from "../../../compose/converge/stop.ts";
import { startCreated } from "../../../compose/converge/up.ts";
import { isKind, messageOf } from "../../../errors/engine-error.ts";
import { exitCode } from "../../exit-code.ts";
import { interrupted } from "../interrupts.ts";
import { ContainerLogs, isReadable } from "../logs/container-logs.ts";
import { stampOf } from "../logs/log-moments.ts";
import { byName, type ProjectContainer } from "../logs/project-container.ts";
import { type ContainerChange, openChanges, wantedContainers } from "../logs/project-events.ts";
import type { AttachedVoice, AttachedWish } from "./attached-wish.ts";

/** Milliseconds in which the engine tells of the ends of what it has just stopped, and how often that is looked at. */
const lastNews = 1000;
const pause = 10;

/**
 * Shows the logs of a project from before it starts until nothing of it runs any more, the user stops it, or
 * leaves. `context.report` is used while it stops.
 */
// trail: compose up
export class AttachedUp {
  readonly #context: ComposeContext;
  readonly #wish: AttachedWish;
  readonly #voice: AttachedVoice;
  readonly #logs: ContainerLogs;
  /** Ends every stream. */
  readonly #over = new AbortController();
  /** Containers that run or will, and those whose end has not been told. */
  readonly #alive = new Set<string>();
  readonly #running = new Set<string>();
  readonly #ended = Promise.withResolvers<void>();
  readonly #halt = new AbortController();
  #begun: Promise<void> = Promise.resolve();
  #code: number = exitCode.ok;
  #aborting = false;
  #stopping = false;
  #hasCode = false;

  constructor(context: ComposeContext, wish: AttachedWish, voice: AttachedVoice) {
    this.#context = context;
    this.#wish = wish;
    this.#voice = voice;
    this.#logs = new ContainerLogs(context.engine, voice.output, this.#over.signal, (name, error) =>
      voice.complain(`${name}: ${messageOf(error)}`),
    );
  }

  /** `context`: that in which it was created. */
  async run(context: ComposeContext): Promise<number> {
    const { engine } = this.#context;
    const { name } = this.#wish.created.project;
    const isWatched = ({ service }: ProjectContainer) => this.#wish.watched?.has(service) ?? true;
    try {
      const changes = await openChanges(engine, name, isWatched, this.#over.signal);
      const containers = await wantedContainers(engine, name, isWatched);
      for (const { id } of containers) this.#alive.add(id);
      await this.#attach(containers.filter(({ service }) => this.#wish.attach.has(service)).sort(byName));
      this.#checkEnd();
      const printing = this.#logs.print(this.#ended.promise);
      await Promise.race([
        Promise.all([printing, this.#start(context)]),
        this.#follow(changes),
        this.#onInterrupts(),
        this.#voice.detached,
      ]);
      return this.#voice.interrupts.signal.aborted ? interrupted : this.#code;
    } finally {
      this.#over.abort();
    }
  }

  /** From here on nothing they say is missed. */
  async #attach(containers: readonly ProjectContainer[]): Promise<void> {
    if (containers.length === 0) return;
    this.#voice.say(`Attaching to ${containers.map(({ shown }) => shown).join(", ")}`);
    for (const { shown } of containers) this.#voice.output.add(shown);
    const attachOne = async ({ id, shown }: ProjectContainer) => {
      const container = await this.#context.engine.call("ContainerInspect", { params: { id } });
      const running = Boolean(container.State?.Running);
      if (running) this.#running.add(id);
      if (!isReadable(container)) await this.#logs.attach(id, shown, Boolean(container.Config?.Tty));
      else if (running) this.#logs.open(id, shown, { follow: true, tail: "0" });
      else await this.#logs.skip(id, container);
    };
    await Promise.all(containers.map(attachOne));
  }

  async #start(context: ComposeContext): Promise<void> {
    const options = { ...this.#wish.start, onHookLine: this.#hookLine };
    const signal = AbortSignal.any([context.signal, this.#halt.signal]);
    const starting = startCreated({ ...context, signal }, this.#wish.created, options);
    this.#begun = starting.catch(() => {});
    try {
      await starting;
    } catch (error) {
      if (this.#stopping) return;
      throw error;
    }
    if (this.#stopping) return;
    await this.#voice.started();
    this.#do(this.#forgetEnded());
  }

  /** What ended between being looked at and being attached to runs no more, and nobody will tell. */
  async #forgetEnded(): Promise<void> {
    // What is made from now on, in place of another one, is told when it starts and when it ends.
    const known = [...this.#alive];
    await Bun.sleep(lastNews);
    if (this.#alive.size === 0 || this.#stopping || this.#over.signal.aborted) return;
    const found = await this.#context.engine.call("ContainerList", {
      query: { filters: JSON.stringify({ id: known }) },
    });
    const runs = new Set(found.map(({ Id: id }) => id));
    for (const id of known) if (!runs.has(id) && !this.#running.has(id)) this.#alive.delete(id);
    this.#checkEnd();
  }

  /** Never settles by itself, unless the engine goes away. */
  async #follow(changes: AsyncIterable<ContainerChange>): Promise<never> {
    try {
      for await (const change of changes) this.#take(change);
    } catch (error) {
      if (!this.#over.signal.aborted) throw error;
    }
    return await new Promise<never>(() => {});
  }

  #take(change: ContainerChange): void {
    const { container } = change;
    const { id, shown } = container;
    const isShown = this.#wish.attach.has(container.service);
    switch (change.kind) {
      case "created":
        this.#alive.add(id);
        if (container.replaces !== undefined && isShown) {
          this.#voice.output.status(container.replaces, "has been recreated");
        }
        return;
      case "started":
        this.#alive.add(id);
        this.#running.add(id);
        if (isShown) this.#logs.openLife(id, shown);
        return;
      case "exited":
        this.#do(this.#tellEnd(change));
        return;
    }
    change satisfies never;
  }

  async #tellEnd({ container, code, restarts }: ContainerChange & { kind: "exited" }): Promise<void> {
    const { id, shown, service } = container;
    const { exitCodeFrom, onExit, attach } = this.#wish;
    if (service === exitCodeFrom && !this.#hasCode) {
      this.#hasCode = true;
      this.#code = code;
    }
    const aborts = onExit === "stop" || (onExit === "stop on failure" && code !== 0);
    const isFirst = aborts && !this.#aborting && !this.#stopping;
    if (isFirst && !this.#hasCode) this.#code = code;
    this.#aborting ||= isFirst;
    if (attach.has(service)) {
      await this.#logs.ended(id, shown, `exited with code ${code}${restarts ? " (restarting)" : ""}`);
      if (code !== 0 && !this.#stopping) await this.#voice.died(id, shown);
    }
    if (isFirst && !this.#stopping) {
      this.#voice.complain("Aborting on container exit...");
      this.#do(this.#stop());
    }
    if (!restarts) {
      this.#running.delete(id);
      this.#alive.delete(id);
    }
    this.#checkEnd();
  }

  /** What stops is told to its end. */
  #checkEnd(): void {
    if (this.#alive.size === 0 && !this.#stopping) this.#ended.resolve();
  }

  /** Ctrl-C: once to stop, twice to kill. Never settles before that. */
  async #onInterrupts(): Promise<void> {
    const { signal, force } = this.#voice.interrupts;
    await aborted(signal);
    if (!this.#stopping) {
      this.#voice.say("Gracefully Stopping... press Ctrl+C again to force");
      this.#do(this.#stop());
    }
    await aborted(force);
    const { project } = this.#wish.created;
    const choice = { services: this.#wish.services, signal: "SIGKILL", removeOrphans: false, all: true };
    try {
      const never = new AbortController().signal;
      await kill({ ...this.#context, signal: never }, project, choice);
    } catch (error) {
      // It had ended already, or is gone.
      if (!isKind(error, "conflict") && !isKind(error, "not_found")) throw error;
    }
  }

  async #stop(): Promise<void> {
    this.#stopping = true;
    await this.#voice.stopping();
    // What is just being started would be missed: nothing more is begun, and this is waited for.
    this.#halt.abort();
    await Promise.race([this.#begun, aborted(this.#voice.interrupts.force)]);
    const { services, timeout, created } = this.#wish;
    const { force: signal } = this.#voice.interrupts;
    try {
      await stop({ ...this.#context, signal }, created.project, {
        services,
        timeout,
        onHookLine: this.#hookLine,
      });
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    }
    const until = performance.now() + lastNews;
    while (this.#running.size > 0 && performance.now() < until) await Bun.sleep(pause);
    this.#ended.resolve();
  }

  /** What commands before the end and after the start print, in the name of their container. */
  readonly #hookLine: HookLine = ({ source, text }) => {
    const line = { stream: "stdout", ...stampOf(Date.now()), text, ended: true } as const;
    // `web-1 ->` speaks in the name of its container.
    this.#voice.output.lines([{ name: source.split(" ")[0] ?? source, line }]);
  };

  /** Beside everything else; when it fails, all of it has. */
  #do(work: Promise<void>): void {
    work.catch((error) => {
      if (!this.#over.signal.aborted) this.#ended.reject(error);
    });
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
