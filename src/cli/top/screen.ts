import type { EngineClient } from "../../client/engine-client.ts";
import { messageOf } from "../../errors/engine-error.ts";
import type { FullScreen, Redraw } from "../full-screen/full-screen.ts";
import type { Paint } from "../terminal/colours.ts";
import type { Key } from "../terminal/keys.ts";
import { type WindowSize, windowSize } from "../terminal/tty.ts";
import { explain } from "../why/explain.ts";
import { gatherFacts } from "../why/gather.ts";
import { printWhy } from "../why/print-why.ts";
import { drawTop, listHeight, type TopFrame } from "./draw.ts";
import { LogPage } from "./log-page.ts";
import { afterPageKey, drawPage, type Page } from "./pages.ts";
import { selectRows } from "./rows.ts";
import {
  afterTopKey,
  firstTopState,
  indexOfChosen,
  type TopEffect,
  type TopState,
  type Verb,
} from "./state.ts";
import type { TopWatch } from "./watch.ts";

export interface TopParts {
  readonly engine: EngineClient;
  readonly watch: TopWatch;
  readonly paint: Paint;
  readonly program: string;
  /** A shell in a container, on the whole terminal, until it ends. */
  shell(id: string, name: string): Promise<void>;
}

/** The list, and the pages one jumps to from it. */
export class TopScreen implements FullScreen {
  readonly #parts: TopParts;
  readonly #redraw: Redraw;
  #state: TopState = firstTopState;
  /** What stands still while it is paused. */
  #still: TopFrame | undefined;
  #page: { readonly current: () => Page; scroll(top: number | undefined): void; close(): void } | undefined;

  constructor(parts: TopParts, redraw: Redraw) {
    this.#parts = parts;
    this.#redraw = redraw;
  }

  draw(size: WindowSize): readonly string[] {
    if (this.#page) return drawPage(this.#page.current(), size, this.#parts.paint);
    return drawTop({ ...this.#frame(), state: this.#state }, size, this.#parts.paint);
  }

  key(key: Key): "end" | (() => Promise<void>) | undefined {
    const size = windowSize() ?? { columns: 80, rows: 24 };
    if (this.#page) {
      const after = afterPageKey(this.#page.current(), key, size);
      if (after) this.#page.scroll(after.top);
      else this.#leavePage();
      return undefined;
    }
    const rows = selectRows(this.#frame().rows, this.#state);
    // Whoever moves has chosen; before that the first row is the chosen one, whichever it is.
    const { state, effect } = afterTopKey(this.#state, key, rows, listHeight(size));
    const chosen = state.confirm?.id ?? state.chosen ?? (effect && rows[indexOfChosen(state, rows)]?.id);
    this.#state = { ...state, chosen };
    this.#freeze(state.frozen);
    return effect && this.#act(effect);
  }

  #frame(): TopFrame {
    const { watch } = this.#parts;
    return (
      this.#still ?? {
        rows: watch.rows,
        machine: watch.machine,
        state: this.#state,
        now: Date.now(),
        ...(watch.trouble !== undefined && { trouble: watch.trouble }),
      }
    );
  }

  #freeze(frozen: boolean): void {
    if (frozen === (this.#still !== undefined)) return;
    this.#still = frozen ? this.#frame() : undefined;
    this.#parts.watch.paused = frozen;
  }

  #act(effect: TopEffect): "end" | (() => Promise<void>) | undefined {
    switch (effect.kind) {
      case "end":
        return "end";
      case "shell":
        return () => this.#shell(effect.id, effect.name);
      case "logs":
        return this.#openLog(effect.id, effect.name);
      case "why":
        return this.#openWhy(effect.id, effect.name);
      case "verb":
        this.#do(effect.verb, effect.id, effect.name).catch((error) => this.#say(messageOf(error)));
        return undefined;
    }
    return effect satisfies never;
  }

  async #shell(id: string, name: string): Promise<void> {
    this.#parts.watch.paused = true;
    try {
      await this.#parts.shell(id, name);
    } catch (error) {
      this.#say(messageOf(error));
    } finally {
      this.#parts.watch.paused = this.#state.frozen;
    }
  }

  #openLog(id: string, name: string): undefined {
    const gone = new AbortController();
    const log = new LogPage(this.#parts.engine, id, name, this.#redraw, gone.signal);
    this.#page = { current: () => log.page, scroll: (top) => log.scroll(top), close: () => gone.abort() };
    this.#parts.watch.paused = true;
  }

  #openWhy(id: string, name: string): undefined {
    let page: Page = { title: `why ${name}`, note: "asking the engine", lines: [], top: 0 };
    this.#page = {
      current: () => page,
      scroll: (top) => {
        page = { ...page, top: top ?? Math.max(0, page.lines.length - 1) };
      },
      close: () => {},
    };
    const show = (text: string) => {
      page = { ...page, note: "", lines: text.trimEnd().split("\n") };
      this.#redraw();
    };
    const { engine, program } = this.#parts;
    gatherFacts(engine, id, { lines: 50, eventSeconds: 3600 })
      .then((facts) => show(printWhy(facts, explain(facts), { colour: false, program, lines: 10 })))
      .catch((error) => show(messageOf(error)));
  }

  #leavePage(): void {
    this.#page?.close();
    this.#page = undefined;
    this.#parts.watch.paused = this.#state.frozen;
  }

  async #do(verb: Verb, id: string, name: string): Promise<void> {
    this.#say(`${verb} ${name} …`);
    await this.#parts.engine.call(operations[verb], { params: { id } });
    this.#say(`${done[verb]} ${name}`);
  }

  #say(message: string): void {
    this.#state = { ...this.#state, message };
    this.#redraw();
  }
}

const operations = {
  stop: "ContainerStop",
  restart: "ContainerRestart",
  kill: "ContainerKill",
  pause: "ContainerPause",
  unpause: "ContainerUnpause",
  start: "ContainerStart",
} as const;

const done: Readonly<Record<Verb, string>> = {
  stop: "stopped",
  restart: "restarted",
  kill: "killed",
  pause: "paused",
  unpause: "unpaused",
  start: "started",
};
