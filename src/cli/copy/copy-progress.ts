import type { Terminal } from "../command.ts";
import { humanSize } from "../format/human-size.ts";

/** Often enough for the eye, and not at all for what is over at once. */
const every = 100;

/** One line that tells how much has gone over, and what was copied at the end. */
export class CopyProgress {
  readonly #terminal: Terminal;
  readonly #head: string;
  readonly #shown: boolean;
  #bytes = 0;
  #last = Date.now();
  #drawn = false;

  constructor(terminal: Terminal, head: string, options: { quiet: boolean; live: boolean }) {
    this.#terminal = terminal;
    this.#head = head;
    this.#shown = !options.quiet && options.live;
  }

  add(count: number): void {
    this.#bytes += count;
    if (!this.#shown || Date.now() - this.#last < every) return;
    this.#last = Date.now();
    this.#drawn = true;
    this.#terminal.err(`\r${this.#head} - ${humanSize(this.#bytes)}\x1b[K`);
  }

  /** The size so far, and the line gone. */
  end(): string {
    if (this.#drawn) this.#terminal.err("\r\x1b[K");
    this.#drawn = false;
    return humanSize(this.#bytes);
  }
}
