import type { Report } from "../../../compose/task.ts";
import type { Terminal } from "../../command.ts";
import { LiveLines } from "../../progress/live-lines.ts";
import type { Session } from "../../session.ts";
import { mayColour, painter } from "../../terminal/colours.ts";
import { isTerminal, standardError, windowSize } from "../../terminal/tty.ts";
import { writeOut } from "../../terminal/write-out.ts";
import { composeGroup } from "../group-flags.ts";
import { ansiMode, type DisplayKind, displayKind } from "./display-kind.ts";
import { dryRunPrefix, jsonLine, PlainFilter, plainLine } from "./plain-lines.ts";
import { taskLines } from "./task-lines.ts";
import { TaskTree } from "./task-tree.ts";

/** Shows what is done to a project, on standard error. */
export interface ComposeProgress extends Disposable {
  readonly kind: DisplayKind;
  readonly report: Report;
  /** Whole lines that are no task: warnings, what a hook prints. They never break the picture. */
  say(text: string): void;
  /** The picture as it is now stays; later events begin another one. */
  end(): void;
  /** Gives the terminal to somebody else for a while. */
  pause(): Disposable;
}

export interface ProgressWish {
  /** What is being done: `Running`, `Stopping`. */
  readonly title: string;
  readonly dryRun: boolean;
}

export function openProgress(
  terminal: Terminal,
  session: Session,
  { title, dryRun }: ProgressWish,
): ComposeProgress {
  const { ansi, progress } = composeGroup(session);
  const { env } = session;
  const kind = displayKind({ ansi, progress, env, terminal: isTerminal(standardError) });
  switch (kind) {
    case "tree": {
      const colour = ansiMode({ ansi, env }) === "always" || mayColour(env, standardError);
      return new TreeDisplay(title, dryRun ? dryRunPrefix.trimStart() : "", painter(colour));
    }
    case "plain": {
      const filter = new PlainFilter();
      return lines(kind, terminal, (event) => (filter.isNew(event) ? plainLine(event, dryRun) : ""));
    }
    case "json":
      return lines(kind, terminal, (event) => jsonLine(event, dryRun));
    case "quiet":
      return lines(kind, terminal, () => "");
  }
  return kind satisfies never;
}

function lines(
  kind: DisplayKind,
  terminal: Terminal,
  text: (event: Parameters<Report>[0]) => string,
): ComposeProgress {
  return {
    kind,
    report: (event) => {
      const line = text(event);
      if (line !== "") terminal.err(line);
    },
    say: (words) => terminal.err(words),
    end: () => {},
    pause: () => ({ [Symbol.dispose]() {} }),
    [Symbol.dispose]() {},
  };
}

const standardErrorScreen = {
  columns: () => windowSize(standardError)?.columns ?? 80,
  rows: () => windowSize(standardError)?.rows ?? 24,
  write: (text: string) => writeOut(standardError, text),
};

/** Nothing is drawn before there is something to show. */
class TreeDisplay implements ComposeProgress {
  readonly kind = "tree";
  readonly #title: string;
  readonly #prefix: string;
  readonly #paint: ReturnType<typeof painter>;
  #tree = new TaskTree();
  #live: LiveLines | undefined;

  constructor(title: string, prefix: string, paint: ReturnType<typeof painter>) {
    this.#title = title;
    this.#prefix = prefix;
    this.#paint = paint;
  }

  readonly report: Report = (event) => {
    this.#tree.add(event);
    const tree = this.#tree;
    const more = { title: this.#title, prefix: this.#prefix, paint: this.#paint };
    this.#live ??= new LiveLines(standardErrorScreen, (shape) => taskLines(tree, { ...shape, ...more }));
  };

  say(text: string): void {
    if (this.#live) this.#live.above(text);
    else standardErrorScreen.write(text);
  }

  end(): void {
    this.#live?.end();
    this.#live = undefined;
    this.#tree = new TaskTree();
  }

  pause(): Disposable {
    return this.#live?.pause() ?? { [Symbol.dispose]() {} };
  }

  [Symbol.dispose](): void {
    this.end();
  }
}
