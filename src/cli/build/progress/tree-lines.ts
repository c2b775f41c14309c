import { humanSize } from "../../format/human-size.ts";
import { type LiveShape, spinnerAt } from "../../progress/live-lines.ts";
import type { Paint, Style } from "../../terminal/colours.ts";
import type { BuildView, StepView } from "./build-view.ts";
import { seconds } from "./seconds.ts";

/** In the final picture: all steps, without their output. */
export interface TreeShape extends LiveShape {
  readonly paint: Paint;
}

/** Lines of output shown under a step that runs. */
const mostOutput = 6;

/** The whole picture: a head with totals, then every step. */
export function treeLines(view: BuildView, shape: TreeShape): string[] {
  const steps = view.begun();
  const head = headLine(view, steps, shape);
  const blocks = steps.map((step) => stepBlock(view, step, shape));
  return [head, ...fitted(steps, blocks, shape)];
}

function headLine(
  view: BuildView,
  steps: readonly StepView[],
  { took, final, paint, columns }: TreeShape,
): string {
  const ended = steps.filter(({ outcome }) => outcome === "done" || outcome === "cached").length;
  const cached = steps.filter(({ outcome }) => outcome === "cached").length;
  const failed = view.ended?.type === "error" || steps.some(({ outcome }) => outcome === "failed");
  const [word, style] = headWord(view, failed);
  const counts = `${ended}/${view.steps.size} steps${cached > 0 ? `, ${cached} cached` : ""}`;
  const rest = ` ${seconds(took)}  ${counts}`;
  const warnings = view.pressing().length;
  const warned = warnings > 0 && final ? `, ${warnings} warning${warnings === 1 ? "" : "s"}` : "";
  return paint(word, "bold", style) + paint(cut(rest + warned, columns - word.length - 1), "dim");
}

function headWord(
  { cancelled, ended }: BuildView,
  failed: boolean,
): ["Built" | "Building" | "Cancelled" | "Failed", Style] {
  if (cancelled) return ["Cancelled", "yellow"];
  if (failed) return ["Failed", "red"];
  return ended ? ["Built", "green"] : ["Building", "cyan"];
}

interface Block {
  readonly title: string;
  readonly output: readonly string[];
}

function stepBlock(view: BuildView, step: StepView, shape: TreeShape): Block {
  const { paint, columns, final } = shape;
  const time = timeText(view, step).padStart(6);
  const room = Math.max(columns - 1 - 3 - time.length - 1, 4);
  const title = cut(step.title, room);
  const gap = " ".repeat(Math.max(room - width(title), 0) + 1);
  const line = ` ${mark(step, shape)} ${paintTitle(step, title, paint)}${gap}${paint(time, "dim")}`;
  if (final || step.outcome !== undefined) return { title: line, output: explanation(step, shape) };
  const tasks = [...step.tasks].slice(-mostOutput).map(([name, task]) => taskText(name, task));
  const output = [...tasks, ...step.output.last(mostOutput)].slice(-mostOutput);
  return { title: line, output: output.map((text) => paint(`   │ ${cut(text, columns - 6)}`, "dim")) };
}

function explanation({ reason }: StepView, { paint, columns }: TreeShape): string[] {
  return reason === undefined ? [] : [paint(`   ↳ not cached: ${cut(reason, columns - 19)}`, "yellow")];
}

function taskText(
  name: string,
  { status, current, total }: { status: string; current: number | undefined; total: number | undefined },
): string {
  const amount =
    current === undefined ? "" : ` ${humanSize(current)}${total ? ` / ${humanSize(total)}` : ""}`;
  return `${[name, status].filter(Boolean).join(": ")}${amount}`;
}

function mark({ outcome }: StepView, { paint, frame, final }: TreeShape): string {
  switch (outcome) {
    case "done":
      return paint("✔", "green");
    case "cached":
      return paint("●", "blue");
    case "failed":
      return paint("✘", "red");
    case "cancelled":
      return paint("⊘", "yellow");
    case undefined:
      return final ? paint("⊘", "yellow") : paint(spinnerAt(frame), "cyan");
  }
  return outcome satisfies never;
}

/** What is about the build itself stands back behind what its Dockerfile says. */
function paintTitle({ outcome, instruction }: StepView, title: string, paint: Paint): string {
  if (outcome === "failed") return paint(title, "red", "bold");
  if (outcome === "cached" || !instruction) return paint(title, "dim");
  return outcome === undefined ? paint(title, "bold") : title;
}

function timeText(view: BuildView, step: StepView): string {
  if (step.outcome === "cached") return "cached";
  return seconds(view.timeOf(step));
}

/**
 * As many lines as there are: output goes first, down to one line each; then the steps that ended longest
 * ago are only counted.
 */
function fitted(steps: readonly StepView[], blocks: readonly Block[], { rows, paint }: TreeShape): string[] {
  const room = Math.max(rows - 1, 1);
  let each = mostOutput;
  const height = () => blocks.reduce((sum, { output }) => sum + 1 + Math.min(output.length, each), 0);
  while (each > 1 && height() > room) each--;
  const shown = new Set(steps.keys());
  let left = height();
  // One line says how many are not there.
  const ended = [...steps.entries()].filter(
    ([, step]) => step.outcome !== undefined && step.outcome !== "failed",
  );
  let hidden = 0;
  for (const [index] of ended) {
    if (left + (hidden > 0 ? 1 : 0) <= room) break;
    shown.delete(index);
    hidden++;
    left -= 1 + Math.min(blocks[index]?.output.length ?? 0, each);
  }
  const lines = blocks.flatMap(({ title, output }, index) =>
    shown.has(index) ? [title, ...output.slice(-each)] : [],
  );
  const note = hidden > 0 ? [paint(` … ${hidden} more steps ended`, "dim")] : [];
  // Too many run at once for the window: the latest are shown.
  return [...note, ...lines].slice(-room);
}

/** Columns of a text, near enough: letters of East Asia and pictures take two. */
function width(text: string): number {
  return Bun.stringWidth(text);
}

function cut(text: string, columns: number): string {
  if (width(text) <= columns) return text;
  let taken = "";
  let used = 0;
  for (const letter of text) {
    used += width(letter);
    if (used > columns - 1) break;
    taken += letter;
  }
  return `${taken}…`;
}
