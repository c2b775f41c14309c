import type { BuildMessage } from "../../../protocol/build-messages.ts";
import type { Paint } from "../../terminal/colours.ts";
import type { BuildView } from "./build-view.ts";
import type { Progress } from "./progress.ts";
import { treeLines } from "./tree-lines.ts";

/** Often enough for the eye, seldom enough for a slow line. */
const drawEvery = 80;

export interface Screen {
  columns(): number;
  rows(): number;
  write(text: string): void;
}

const hideCursor = "\x1b[?25l";
const showCursor = "\x1b[?25h";
/** Terminals that know synchronized output show the frame at once; others skip the codes. */
const [beginFrame, endFrame] = ["\x1b[?2026h", "\x1b[?2026l"];

/**
 * Every step a line, redrawn in place. Between two drawings the cursor stands below the last line; each
 * line is cut to the window, and while it runs no more are drawn than fit.
 */
export class TreeProgress implements Progress {
  readonly #view: BuildView;
  readonly #screen: Screen;
  readonly #paint: Paint;
  readonly #began = performance.now();
  #drawn = 0;
  #columns = 0;
  #frame = 0;
  #timer: NodeJS.Timeout | undefined;
  #paused = false;

  constructor(view: BuildView, screen: Screen, paint: Paint) {
    this.#view = view;
    this.#screen = screen;
    this.#paint = paint;
    screen.write(hideCursor);
    this.#start();
  }

  #start(): void {
    this.#timer = setInterval(() => this.#draw(false), drawEvery);
  }

  /** The next drawing shows it. */
  add(_message: BuildMessage): void {}

  #draw(final: boolean): void {
    if (this.#paused) return;
    const columns = this.#screen.columns();
    const rows = this.#screen.rows();
    const shape = {
      columns,
      // One is for the cursor.
      rows: final ? Number.POSITIVE_INFINITY : Math.max(rows - 1, 3),
      final,
      took: performance.now() - this.#began,
      frame: this.#frame++,
      paint: this.#paint,
    };
    const lines = treeLines(this.#view, shape);
    // A window made narrower has broken lines: where they begin cannot be known, so they stay above.
    const back = columns < this.#columns ? 0 : this.#drawn;
    this.#columns = columns;
    const up = back > 0 ? `\x1b[${Math.min(back, rows - 1)}A\r` : "\r";
    const body = lines.map((line) => `${line}\x1b[K\n`).join("");
    this.#screen.write(`${beginFrame}${up}${body}\x1b[J${endFrame}`);
    this.#drawn = final ? 0 : lines.length;
  }

  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#draw(true);
  }

  pause(): Disposable {
    this.end();
    this.#paused = true;
    this.#screen.write(showCursor);
    return {
      [Symbol.dispose]: () => {
        this.#paused = false;
        this.#screen.write(hideCursor);
        this.#start();
      },
    };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#screen.write(showCursor);
  }
}
