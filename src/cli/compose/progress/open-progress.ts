import type { Report, TaskEvent } from "../../../compose/task.ts";
import type { Terminal } from "../../command.ts";
import { LiveLines, type LiveShape } from "../../progress/live-lines.ts";
import type { Session } from "../../session.ts";
import { type Paint, painter } from "../../terminal/colours.ts";
import { isTerminal, standardError, standardOutput, windowSize } from "../../terminal/tty.ts";
import { writeOut } from "../../terminal/write-out.ts";
import { mayPaint } from "../may-paint.ts";
import { type ComposeSettings, composeSettings } from "../settings.ts";
import { type DisplayKind, displayKind } from "./display-kind.ts";
import { dryRunPrefix, jsonLine, PlainFilter, plainLine } from "./plain-lines.ts";
import { taskLines } from "./task-lines.ts";
import { TaskTree } from "./task-tree.ts";

/** Shows what is done to a project, on standard error unless COMPOSE_STATUS_STDOUT says otherwise. */
export interface ComposeProgress extends Disposable {
  readonly kind: DisplayKind;
  readonly paint: Paint;
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
  /** Where they are known better than the shell and the flags of the group say. */
  readonly settings?: ComposeSettings;
}

export function openProgress(
  terminal: Terminal,
  session: Session,
  { title, dryRun, settings = composeSettings(session) }: ProgressWish,
): ComposeProgress {
  const { progress, statusStdout } = settings;
  const fd = statusStdout ? standardOutput : standardError;
  const write = statusStdout ? terminal.out : terminal.err;
  const kind = displayKind(progress, isTerminal(fd) && session.env.TERM !== "dumb");
  const paint = painter(mayPaint(session, fd));
  if (kind === "tree") {
    const prefix = dryRun ? dryRunPrefix.trimStart() : "";
    return new TreeDisplay(
      screenOf(fd),
      (tree, shape) => taskLines(tree, { ...shape, title, prefix, paint }),
      paint,
    );
  }
  return lineProgress(kind, paint, write, lineReport(kind, dryRun, write));
}

/** Nothing is redrawn. */
export function lineProgress(
  kind: DisplayKind,
  paint: Paint,
  write: (text: string) => void,
  report: Report,
): ComposeProgress {
  const pause = () => ({ [Symbol.dispose]() {} });
  return { kind, paint, report, say: write, end() {}, pause, [Symbol.dispose]() {} };
}

/** A line for each event: where nothing is redrawn, and between lines of logs. */
export function lineReport(kind: DisplayKind, dryRun: boolean, write: (text: string) => void): Report {
  const filter = new PlainFilter();
  const text = (event: TaskEvent) => {
    if (kind === "quiet") return "";
    if (kind === "json") return jsonLine(event, dryRun);
    return filter.isNew(event) ? plainLine(event, dryRun) : "";
  };
  return (event) => {
    const line = text(event);
    if (line !== "") write(line);
  };
}

function screenOf(fd: number) {
  return {
    columns: () => windowSize(fd)?.columns ?? 80,
    rows: () => windowSize(fd)?.rows ?? 24,
    write: (text: string) => writeOut(fd, text),
  };
}

type Draw = (tree: TaskTree, shape: LiveShape) => string[];

/** Nothing is drawn before there is something to show. */
class TreeDisplay implements ComposeProgress {
  readonly kind = "tree";
  readonly paint: Paint;
  readonly #screen: ReturnType<typeof screenOf>;
  readonly #draw: Draw;
  #tree = new TaskTree();
  #live: LiveLines | undefined;

  constructor(screen: ReturnType<typeof screenOf>, draw: Draw, paint: Paint) {
    this.#screen = screen;
    this.#draw = draw;
    this.paint = paint;
  }

  readonly report: Report = (event) => {
    this.#tree.add(event);
    const tree = this.#tree;
    this.#live ??= new LiveLines(this.#screen, (shape) => this.#draw(tree, shape));
  };

  say(text: string): void {
    if (this.#live) this.#live.above(text);
    else this.#screen.write(text);
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
