import { invalidArgument } from "../../errors/engine-error.ts";
import type { Terminal } from "../command.ts";
import { mayColour, type Paint, painter } from "../terminal/colours.ts";
import { isTerminal, standardError, windowSize } from "../terminal/tty.ts";
import { writeOut } from "../terminal/write-out.ts";
import { BuildView } from "./progress/build-view.ts";
import { PlainProgress } from "./progress/plain-progress.ts";
import { type Progress, progressKinds } from "./progress/progress.ts";
import { TreeProgress } from "./progress/tree-progress.ts";

/** Where a build is shown: all of it on standard error, results alone on standard output. */
export interface BuildShow {
  readonly view: BuildView;
  readonly progress: Progress;
  readonly paint: Paint;
}

export type ProgressKind = (typeof progressKinds)[number];

/** `--progress`, BUILDKIT_PROGRESS, and what `-q` says. */
export function progressKind(word: string, quiet: boolean, env: NodeJS.ProcessEnv): ProgressKind {
  if (quiet) return "quiet";
  const asked = word === "auto" ? env.BUILDKIT_PROGRESS || word : word;
  const kind = progressKinds.find((name) => name === asked);
  if (!kind)
    throw invalidArgument(
      `invalid progress mode ${JSON.stringify(asked)}: use ${progressKinds.slice(0, -1).join(", ")}`,
    );
  if (kind !== "auto") return kind;
  return isTerminal(standardError) && env.TERM !== "dumb" ? "tty" : "plain";
}

export function showBuild(kind: ProgressKind, terminal: Terminal, env: NodeJS.ProcessEnv): BuildShow {
  const paint = painter(mayColour(env, standardError));
  const view = new BuildView();
  return { view, paint, progress: progressOf(kind, view, terminal, paint) };
}

function progressOf(kind: ProgressKind, view: BuildView, terminal: Terminal, paint: Paint): Progress {
  switch (kind) {
    case "tty":
      return new TreeProgress(view, standardErrorScreen, paint);
    case "auto":
    case "plain":
      return new PlainProgress(view, terminal.err);
    case "json":
    case "rawjson":
      return silent((message) => terminal.out(`${JSON.stringify(message)}\n`));
    case "quiet":
      return silent(() => {});
  }
  return kind satisfies never;
}

const standardErrorScreen = {
  columns: () => windowSize(standardError)?.columns ?? 80,
  rows: () => windowSize(standardError)?.rows ?? 24,
  write: (text: string) => writeOut(standardError, text),
};

function silent(add: Progress["add"]): Progress {
  return { add, end: () => {}, pause: () => ({ [Symbol.dispose]() {} }), [Symbol.dispose]() {} };
}
