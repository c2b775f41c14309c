import { BuildView } from "../../build/progress/build-view.ts";
import { plainLine } from "../../build/progress/last-lines.ts";
import { PlainProgress } from "../../build/progress/plain-progress.ts";
import type { Progress } from "../../build/progress/progress.ts";
import { type BuildShow, showBuild } from "../../build/show-build.ts";
import type { TransferMessage } from "../../progress/message.ts";
import { painter } from "../../terminal/colours.ts";
import type { ImageTools } from "./image-tools.ts";

/** What is seen of one build among others that go on beside it. */
export interface SeenBuild {
  /** What the builder of Hull's engine tells. */
  readonly show: BuildShow;
  /** What a classic builder tells. */
  add(message: TransferMessage): void;
  /** The last lines of it, for the report of a failure. */
  last(): readonly string[];
}

/** Lines below a task in the tree: the step, and the end of its output. */
const mostLines = 6;

/** In the tree its step and last lines; one line after another with the service in front; or nothing. */
export function seeBuild(
  { progress, session, terminal }: ImageTools,
  service: string,
  quiet: boolean,
): SeenBuild {
  const { kind } = progress;
  const id = taskOf(service);
  const lines = new RecentLines();
  const building = (text: readonly string[]) =>
    // Two lines at least: one would stand beside the word.
    progress.report({ id, status: "working", text: "Building", details: ["", ...text].join("\n") });
  if (quiet || kind === "quiet") {
    return { show: showBuild("quiet", terminal, session.env), add: lines.add, last: lines.last };
  }
  const view = new BuildView();
  const write = (text: string) => progress.say(text.replace(/^(?=.)/gm, `${service} `));
  const shown = kind === "plain" ? new PlainProgress(view, write) : treeProgress(view, building);
  return {
    show: { view, paint: painter(false), progress: kind === "json" ? silent : shown },
    add: (message) => {
      lines.add(message);
      if (kind === "plain") write(textOf(message));
      else if (kind === "tree") building(lines.last().slice(-mostLines));
    },
    last: lines.last,
  };
}

export const taskOf = (service: string) => `Service ${service}`;

const silent: Progress = {
  add: () => {},
  end: () => {},
  pause: () => ({ [Symbol.dispose]() {} }),
  [Symbol.dispose]() {},
};

function treeProgress(view: BuildView, building: (lines: readonly string[]) => void): Progress {
  return {
    ...silent,
    add: () => {
      const step = view.begun().findLast(({ outcome }) => outcome === undefined);
      if (step) building([step.title, ...step.output.last(mostLines - 1)]);
    },
  };
}

function textOf({ stream = "", status, id }: TransferMessage): string {
  return status === undefined ? stream : `${id ? `${id}: ` : ""}${status}\n`;
}

/** Classic builders tell in pieces that may end within a line. */
class RecentLines {
  #lines: string[] = [];
  #open = "";

  readonly add = (message: TransferMessage): void => {
    const parts = (this.#open + textOf(message)).split("\n");
    this.#open = parts.pop() ?? "";
    this.#lines = [...this.#lines, ...parts.map(plainLine).filter((line) => line !== "")].slice(-20);
  };

  readonly last = (): readonly string[] => [...this.#lines, ...(this.#open === "" ? [] : [this.#open])];
}
