import type { BuildFinding, BuildMessage, BuildPlace } from "../../protocol/build-messages.ts";
import type { Paint } from "../terminal/colours.ts";
import type { BuildView, StepView } from "./progress/build-view.ts";

type Failure = Extract<BuildMessage, { type: "error" }>;

/** Lines of the failed step's output that are shown again. */
const mostOutput = 20;

/** The Dockerfile, where this program has it: its lines are shown beside what is said about them. */
export interface KnownFile {
  readonly name: string;
  readonly text: string;
}

/** What failed: the step with its last output, the place in the Dockerfile, the sentence, a hint. */
export function failureText(
  failure: Failure,
  view: BuildView,
  file: KnownFile | undefined,
  paint: Paint,
): string {
  const step = failure.step === undefined ? undefined : view.steps.get(failure.step);
  const parts = [
    step && stepOutput(step, paint),
    placeText(failure.lines ? failure : placeOf(step, file), paint),
    `${paint("ERROR:", "bold", "red")} ${step?.output.empty ? `${step.title}: ` : ""}${failure.message}`,
    failure.hint &&
      !failure.message.includes(`did you mean ${failure.hint.replace(/^--/, "")}?`) &&
      `${paint("hint:", "cyan")} ${hintSentence(failure.hint)}`,
  ];
  return `${parts.filter(Boolean).join("\n")}\n`;
}

const hintSentence = (hint: string) => (/\s/.test(hint) ? hint : `did you mean ${hint}?`);

function stepOutput(step: StepView, paint: Paint): string {
  if (step.output.empty) return "";
  const lines = step.output.last(mostOutput);
  const rule = paint("──────", "dim");
  return [rule, ` ${paint(`> ${step.title}:`, "bold")}`, ...lines, rule].join("\n");
}

function placeOf(step: StepView | undefined, file: KnownFile | undefined): BuildPlace {
  return step?.instruction && file ? placeInFile(file, step.instruction.line, step.instruction.endLine) : {};
}

/** Lines with two around them. */
export function placeInFile(file: KnownFile, line: number, endLine: number, column = 1): BuildPlace {
  const all = file.text.split("\n");
  if (all.at(-1) === "") all.pop();
  const from = Math.max(line - 2, 1);
  const last = Math.min(endLine, line + 20, all.length);
  const lines = all.slice(from - 1, Math.min(last + 2, all.length)).map((text, index) => {
    const number = from + index;
    return { number, text, marked: number >= line && number <= endLine };
  });
  return { file: file.name, line, column, endLine, lines };
}

/**
 *     Dockerfile:3:6
 *        2 │ FROM busybox
 *     >  3 │ RUN fasle
 */
export function placeText({ file, line, column, lines }: BuildPlace, paint: Paint): string {
  if (!lines || lines.length === 0 || line === undefined) return "";
  const widest = String(lines.at(-1)?.number ?? 0).length;
  const rows = lines.map(({ number, text, marked }) => {
    const label = String(number).padStart(widest + 1);
    return marked
      ? `${paint(">", "red", "bold")} ${paint(label, "bold")} ${paint("│", "red")} ${text}`
      : paint(`  ${label} │ ${text}`, "dim");
  });
  const at = column !== undefined && column > 1 ? `:${column}` : "";
  return [`${paint(`${nameOf(file ?? "Dockerfile")}:${line}${at}`, "bold")}`, ...rows].join("\n");
}

const nameOf = (file: string) => (file === "-" ? "stdin" : file);

/** Warnings at the end of a build, or the findings of `--check`. */
export function warningsText(
  warnings: readonly BuildFinding[],
  file: KnownFile | undefined,
  paint: Paint,
  options: { readonly inFull: boolean },
): string {
  if (warnings.length === 0) return "";
  const count = `${warnings.length} warning${warnings.length === 1 ? "" : "s"}`;
  const items = warnings.map((warning) =>
    options.inFull ? inFull(warning, file, paint) : inShort(warning, file, paint),
  );
  return `\n${paint(count, "bold", "yellow")}${options.inFull ? "" : " found (--check shows them in full)"}:\n${items.join("\n")}\n`;
}

function inShort(
  { rule, message, line, file }: BuildFinding,
  known: KnownFile | undefined,
  paint: Paint,
): string {
  const at =
    line === undefined ? "" : ` ${paint(`(${nameOf(file ?? known?.name ?? "line")}:${line})`, "dim")}`;
  return ` - ${paint(rule, "yellow")}: ${message}${at}`;
}

function inFull(warning: BuildFinding, file: KnownFile | undefined, paint: Paint): string {
  const { rule, message, detail, url, rewrite, line, endLine, column } = warning;
  const place = warning.lines
    ? warning
    : file && line !== undefined
      ? placeInFile(file, line, endLine ?? line, column)
      : {};
  return [
    "",
    `${paint(rule, "bold", "yellow")}: ${message}`,
    detail,
    placeText(place, paint),
    rewrite &&
      `${paint("instead:", "cyan")}\n${rewrite
        .split("\n")
        .map((text) => `    ${paint(text, "green")}`)
        .join("\n")}`,
    url && paint(url, "dim", "underline"),
  ]
    .filter((part) => part !== undefined && part !== "")
    .join("\n")
    .concat("\n");
}
