import { seconds } from "../../build/progress/seconds.ts";
import { humanSize } from "../../format/human-size.ts";
import { clip, fit } from "../../full-screen/fit.ts";
import { type LiveShape, spinnerAt } from "../../progress/live-lines.ts";
import type { Paint, Style } from "../../terminal/colours.ts";
import type { TaskTree, TaskView } from "./task-tree.ts";

export interface TaskShape extends LiveShape {
  /** What is being done to the project: `Running`, `Stopping`. */
  readonly title: string;
  /** In front of every task: that nothing is really done. */
  readonly prefix: string;
  readonly paint: Paint;
}

/** Lines of output shown under a task that works. */
const mostOutput = 6;
/** A longer name is cut: what happens to it must be seen as well. */
const widestName = 60;

/**
 * The whole picture:
 *
 *     [+] Running 1/3                                  2.1s
 *      ✔ Network shop_default   Created                0.1s
 *      ⠙ web                    Pulling  3.1MB / 12MB  2.0s
 *        ⠙ 2b62153f094c         Downloading  ━━━━────  1.4s
 */
export function taskLines(tree: TaskTree, shape: TaskShape): string[] {
  const blocks = tree.roots().map((task) => blockOf(tree, task, shape));
  const all = tree.all();
  const width = Math.max(
    ...all.map(({ id, parent }) => Bun.stringWidth(id) + (parent === undefined ? 0 : 2)),
    0,
  );
  const name = Math.min(width, widestName, Math.floor(shape.columns / 2));
  const { blocks: shown, hidden } = fitted(blocks, shape.rows - 1);
  const note = shape.paint(clip(hiddenText(hidden), shape.columns - 1), "dim");
  return [
    headLine(tree, shape),
    ...(hidden.length > 0 ? [note] : []),
    ...shown.flatMap((block) => blockLines(tree, block, name, shape)),
  ];
}

function headLine(tree: TaskTree, { title, took, paint, columns }: TaskShape): string {
  // Layers come and go: what is counted is what is seen at the end.
  const all = tree.roots();
  const ended = all.filter(({ status }) => status !== "working").length;
  const failed = all.some(({ status }) => status === "error");
  const style: Style = failed ? "red" : ended === all.length ? "green" : "cyan";
  const text = clip(`[+] ${title} ${ended}/${all.length}`, columns - 1);
  return withTime(text, paint(text, style, "bold"), seconds(took), columns, paint);
}

/** A task with what may be shown below it. */
interface Block {
  readonly task: TaskView;
  readonly children: readonly TaskView[];
  readonly output: readonly string[];
}

function blockOf(tree: TaskTree, task: TaskView, { final }: TaskShape): Block {
  const working = task.status === "working" && !final;
  return { task, children: working ? tree.below(task) : [], output: working ? outputOf(task) : [] };
}

function outputOf({ details }: TaskView): string[] {
  const lines = details.split("\n");
  return lines.length > 1 ? lines.filter((line) => line !== "").slice(-mostOutput) : [];
}

/**
 * What there is room for: layers that are done go first, then output and layers one by one, then tasks that
 * are done; where even that is too much, the last ones are seen.
 */
function fitted(
  blocks: readonly Block[],
  room: number,
): { blocks: readonly Block[]; hidden: readonly Block[] } {
  if (heightOf(blocks) <= room) return { blocks, hidden: [] };
  let short = blocks;
  for (let each = mostOutput; each >= 0; each--) {
    short = blocks.map((block) => shortened(block, each));
    if (heightOf(short) <= room) return { blocks: short, hidden: [] };
  }
  const ended = short.filter(({ task }) => task.status === "done");
  const first = new Set(ended.slice(0, short.length + 1 - room));
  const left = short.filter((block) => !first.has(block)).slice(-Math.max(room - 1, 1));
  return { blocks: left, hidden: short.filter((block) => !left.includes(block)) };
}

function hiddenText(hidden: readonly Block[]): string {
  const done = hidden.filter(({ task }) => task.status === "done").length;
  const others = hidden.length - done;
  const parts = [
    ...(done > 0 ? [`${done} more are done`] : []),
    ...(others > 0 ? [`${others} more are at work`] : []),
  ];
  return ` … ${parts.join(", ")}`;
}

function shortened({ task, children, output }: Block, each: number): Block {
  const working = children.filter(({ status }) => status === "working");
  // `slice(-0)` would be all of them.
  return {
    task,
    children: working.slice(0, each),
    output: output.slice(output.length - Math.min(each, output.length)),
  };
}

function heightOf(blocks: readonly Block[]): number {
  return blocks.reduce((sum, { children, output }) => sum + 1 + children.length + output.length, 0);
}

function blockLines(
  tree: TaskTree,
  { task, children, output }: Block,
  name: number,
  shape: TaskShape,
): string[] {
  const { paint, columns } = shape;
  return [
    taskLine(tree, task, "", name, shape),
    ...children.map((child) => taskLine(tree, child, "  ", name, shape)),
    ...output.map((line) => paint(`   │ ${clip(line, columns - 6)}`, "dim")),
  ];
}

function taskLine(tree: TaskTree, task: TaskView, pad: string, name: number, shape: TaskShape): string {
  const { paint, columns, prefix, final } = shape;
  const [sign, style] = markOf(task, shape);
  const amount = final ? "" : amountOf(tree, task);
  const details = task.details.includes("\n") ? "" : task.details;
  const said = [task.text, details, amount].filter((part) => part !== "").join("  ");
  const time = seconds(tree.timeOf(task));
  const head = `${pad} ${" "} ${prefix}${fit(task.id, name - pad.length)}  `;
  const room = columns - 1 - Bun.stringWidth(head) - time.length - 1;
  const shown = clip(said, Math.max(room, 1));
  const painted =
    `${pad} ${paint(sign, style)} ${paint(prefix, "magenta")}` +
    `${pad === "" ? fit(task.id, name) : paint(fit(task.id, name - pad.length), "dim")}  ` +
    paintSaid(shown, task, style, paint);
  return withTime(head + shown, painted, time, columns, paint);
}

function paintSaid(shown: string, { status, text }: TaskView, style: Style, paint: Paint): string {
  if (status === "working") return shown;
  const word = shown.slice(0, text.length);
  return paint(word, style) + paint(shown.slice(text.length), "dim");
}

function markOf({ status }: TaskView, { frame, final }: TaskShape): [string, Style] {
  switch (status) {
    case "done":
      return ["✔", "green"];
    case "warning":
      return ["!", "yellow"];
    case "error":
      return ["✘", "red"];
    case "working":
      return final ? ["⊘", "yellow"] : [spinnerAt(frame), "cyan"];
  }
  return status satisfies never;
}

const barWidth = 16;

/** Bytes of a task, or of everything below it as soon as all of that is known. */
function amountOf(tree: TaskTree, task: TaskView): string {
  if (task.status !== "working") return "";
  const children = tree.below(task);
  if (children.length === 0) {
    if (task.total === 0) return "";
    const full = Math.min(Math.round((task.current / task.total) * barWidth), barWidth);
    const bar = "━".repeat(full) + "─".repeat(barWidth - full);
    return `${bar} ${humanSize(task.current)} / ${humanSize(task.total)}`;
  }
  const unknown = children.some(({ status, total }) => status === "working" && total === 0);
  const total = children.reduce((sum, child) => sum + child.total, 0);
  if (unknown || total === 0) return "";
  const current = children.reduce(
    (sum, child) => sum + (child.status === "done" ? child.total : child.current),
    0,
  );
  return `${humanSize(current)} / ${humanSize(total)}`;
}

/** The time stands at the right edge, one column before it. */
function withTime(plain: string, painted: string, time: string, columns: number, paint: Paint): string {
  const gap = columns - 1 - Bun.stringWidth(plain) - time.length;
  if (gap < 1) return painted;
  return `${painted}${" ".repeat(gap)}${paint(time, "dim")}`;
}
