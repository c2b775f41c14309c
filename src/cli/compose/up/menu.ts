import { listenToKeys } from "../../full-screen/full-screen.ts";
import { LiveLines } from "../../progress/live-lines.ts";
import type { Paint } from "../../terminal/colours.ts";
import { rawMode } from "../../terminal/raw-mode.ts";
import { setRaw, standardInput, standardOutput, windowSize } from "../../terminal/tty.ts";
import { writeOut } from "../../terminal/write-out.ts";
import { type MenuAction, type MenuState, menuAction, menuLine } from "./menu-line.ts";

/** Milliseconds a notice stands. */
const noticeTime = 6000;

/** The line of keys under the logs, and the keys; the terminal is as before when it is disposed. */
export class Menu implements Disposable {
  readonly #stack = new DisposableStack();
  readonly #live: LiveLines;
  #state: MenuState;
  #timer: Timer | undefined;

  constructor(paint: Paint, watching: boolean | undefined, act: (action: MenuAction) => void) {
    this.#state = { watching, stopping: false, doing: "", notice: "" };
    this.#stack.use(rawMode());
    this.#live = this.#stack.use(
      new LiveLines(rawScreen, ({ columns, final }) =>
        final ? [] : [menuLine(this.#state, columns, paint)],
      ),
    );
    this.#stack.defer(() => clearTimeout(this.#timer));
    this.#stack.defer(() => this.#live.end());
    this.#stack.use(
      listenToKeys((key) => {
        const action = menuAction(key);
        if (action) act(action);
      }),
    );
  }

  /** Whole lines, over the menu. */
  write(text: string): void {
    this.#live.above(text);
  }

  show(change: Partial<MenuState>): void {
    this.#state = { ...this.#state, ...change };
  }

  notice(text: string): void {
    clearTimeout(this.#timer);
    this.show({ notice: text });
    this.#timer = setTimeout(() => this.show({ notice: "" }), noticeTime);
  }

  /** As Ctrl-Z does where keys are not read one by one; `rawMode` takes the terminal again on SIGCONT. */
  suspend(): void {
    setRaw(standardInput, false);
    process.kill(process.pid, "SIGTSTP");
  }

  [Symbol.dispose](): void {
    this.#stack[Symbol.dispose]();
  }
}

/** In raw mode the terminal does not go back to the first column by itself. */
const rawScreen = {
  columns: () => windowSize(standardOutput)?.columns ?? 80,
  rows: () => windowSize(standardOutput)?.rows ?? 24,
  write: (text: string) => writeOut(standardOutput, text.replace(/\r?\n/g, "\r\n")),
};
