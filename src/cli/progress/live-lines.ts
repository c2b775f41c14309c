import { restoreAtEnd } from "../terminal/restore.ts";
import type { Screen } from "./layer-lines.ts";

/** What a picture is drawn for. */
export interface LiveShape {
  readonly columns: number;
  /** As many lines as may be drawn; no end to them in the final picture. */
  readonly rows: number;
  /** Nothing changes any more: what is drawn now stays. */
  readonly final: boolean;
  /** Milliseconds since it began. */
  readonly took: number;
  /** Counts drawings, for what turns. */
  readonly frame: number;
}

/** Often enough for the eye, seldom enough for a slow line. */
const drawEvery = 80;
const hideCursor = "\x1b[?25l";
const showCursor = "\x1b[?25h";
/** Terminals that know synchronized output show the frame at once; others skip the codes. */
const [beginFrame, endFrame] = ["\x1b[?2026h", "\x1b[?2026l"];
/** What turns while something runs. */
const spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

export function spinnerAt(frame: number): string {
  return spinner[frame % spinner.length] ?? "";
}

/**
 * Lines that are redrawn in place. Between two drawings the cursor stands below the last line; each line
 * must be cut to the window, and while it runs no more are drawn than fit.
 */
export class LiveLines implements Disposable {
  readonly #screen: Screen;
  readonly #lines: (shape: LiveShape) => readonly string[];
  readonly #began = performance.now();
  #drawn = 0;
  /** What stands there. */
  #body = "";
  #columns = 0;
  #frame = 0;
  #timer: NodeJS.Timeout | undefined;
  #cursor: Disposable | undefined;
  /** What stays has been drawn. */
  #final = false;

  constructor(screen: Screen, lines: (shape: LiveShape) => readonly string[]) {
    this.#screen = screen;
    this.#lines = lines;
    this.#start();
  }

  #start(): void {
    this.#final = false;
    this.#screen.write(hideCursor);
    this.#cursor = restoreAtEnd(() => this.#screen.write(showCursor));
    this.#timer = setInterval(() => this.#draw(false), drawEvery);
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#cursor?.[Symbol.dispose]();
    this.#cursor = undefined;
  }

  #draw(final: boolean, above = ""): void {
    const columns = this.#screen.columns();
    const rows = this.#screen.rows();
    const lines = this.#lines({
      columns,
      // One is for the cursor.
      rows: final ? Number.POSITIVE_INFINITY : Math.max(rows - 1, 3),
      final,
      took: performance.now() - this.#began,
      frame: this.#frame++,
    });
    // A window made narrower has broken lines: where they begin cannot be known, so they stay above.
    const back = columns < this.#columns ? 0 : this.#drawn;
    this.#columns = columns;
    const up = back > 0 ? `\x1b[${Math.min(back, rows - 1)}A\r` : "\r";
    // What stands above stays, so nothing of the old picture may be left in it.
    const said = above === "" ? "" : `\x1b[J${above}`;
    const body = lines.map((line) => `${line}\x1b[K\n`).join("");
    if (body === this.#body && said === "" && back > 0 && !final) return;
    this.#body = body;
    this.#screen.write(`${beginFrame}${up}${said}${body}\x1b[J${endFrame}`);
    this.#drawn = final ? 0 : lines.length;
  }

  /** Whole lines that stay, over the picture. */
  above(text: string): void {
    if (this.#timer === undefined) this.#screen.write(text);
    else this.#draw(false, text);
  }

  /** Draws what stays, once; also after nothing was redrawn any more. */
  end(): void {
    if (this.#final) return;
    this.#final = true;
    this.#stop();
    this.#draw(true);
  }

  /** Gives the terminal to somebody else for a while. */
  pause(): Disposable {
    this.end();
    return { [Symbol.dispose]: () => this.#start() };
  }

  [Symbol.dispose](): void {
    this.#stop();
  }
}
