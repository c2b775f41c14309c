import { invalidArgument } from "../../errors/engine-error.ts";
import { alternateScreen, drawScreen } from "../terminal/alternate-screen.ts";
import { type Key, KeyDecoder } from "../terminal/keys.ts";
import { rawMode } from "../terminal/raw-mode.ts";
import {
  isTerminal,
  onResize,
  standardInput,
  standardOutput,
  type WindowSize,
  windowSize,
} from "../terminal/tty.ts";
import { terminalInput } from "./terminal-input.ts";

/** What a full-screen command is made of: pure drawing, and keys that change what is drawn. */
export interface FullScreen {
  /** As many lines as there are rows, none wider than the window. */
  draw(size: WindowSize): readonly string[];
  /** What to do after a key: nothing, end, or leave the screen for a while and do something else. */
  key(key: Key): "end" | (() => Promise<void>) | undefined;
}

/** Draws again, soon; several calls in a row draw once. */
export type Redraw = () => void;

/** Takes over the terminal until a key or the signal ends it; the terminal is as before however it ends. */
export async function runFullScreen(
  start: (redraw: Redraw) => FullScreen,
  signal: AbortSignal,
): Promise<void> {
  const done = Promise.withResolvers<void>();
  const stop = () => done.resolve();
  signal.addEventListener("abort", stop);
  let stage: Stage | undefined;
  const screen = start(() => stage?.redraw());
  const enter = () => {
    stage = new Stage(screen, (key) => {
      const next = screen.key(key);
      if (next === "end") done.resolve();
      else if (next) leave(next);
      else stage?.redraw();
    });
  };
  const leave = (work: () => Promise<void>) => {
    stage?.[Symbol.dispose]();
    stage = undefined;
    work()
      .then(() => !signal.aborted && enter())
      .catch(done.reject);
  };
  try {
    enter();
    await done.promise;
  } finally {
    signal.removeEventListener("abort", stop);
    stage?.[Symbol.dispose]();
  }
}

export function requireTerminal(what: string): void {
  if (isTerminal(standardInput) && isTerminal(standardOutput)) return;
  throw invalidArgument(`${what} needs a terminal`);
}

/** Milliseconds: fast enough for typing, slow enough to join what comes together. */
const frame = 16;
/** A terminal sends an escape sequence in one piece; an escape alone was the key. */
const sequenceTime = 40;

/** One stay on the screen. */
class Stage implements Disposable {
  readonly #screen: FullScreen;
  readonly #stack = new DisposableStack();
  #timer: Timer | undefined;
  #last = "";

  constructor(screen: FullScreen, onKey: (key: Key) => void) {
    this.#screen = screen;
    this.#stack.use(rawMode());
    this.#stack.use(alternateScreen());
    this.#stack.use(
      onResize(() => {
        this.#last = "";
        this.#draw();
      }),
    );
    this.#stack.use(listenToKeys(onKey));
    this.#stack.defer(() => clearTimeout(this.#timer));
    this.#draw();
  }

  redraw(): void {
    this.#timer ??= setTimeout(() => this.#draw(), frame);
  }

  #draw(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#stack.disposed) return;
    const size = windowSize() ?? { columns: 80, rows: 24 };
    const lines = this.#screen.draw(size).slice(0, size.rows);
    const whole = lines.join("\n");
    if (whole === this.#last) return;
    this.#last = whole;
    drawScreen(lines);
  }

  [Symbol.dispose](): void {
    this.#stack[Symbol.dispose]();
  }
}

/** Keys of a raw terminal, until disposed. */
export function listenToKeys(onKey: (key: Key) => void): Disposable {
  const decoder = new KeyDecoder();
  let timer: Timer | undefined;
  let over = false;
  const give = (keys: readonly Key[]) => {
    for (const key of keys) if (!over) onKey(key);
  };
  const input = terminalInput((bytes) => {
    clearTimeout(timer);
    give(decoder.push(bytes));
    if (decoder.pending) timer = setTimeout(() => give(decoder.flush()), sequenceTime);
  });
  return {
    [Symbol.dispose]() {
      over = true;
      clearTimeout(timer);
      input[Symbol.dispose]();
    },
  };
}
