import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { ComposeFileError, type ComposeProblem } from "../../compose/load/compose-error.ts";
import type { Place } from "../../compose/load/provenance.ts";
import { mayColour, type Paint, painter } from "../terminal/colours.ts";
import { standardError } from "../terminal/tty.ts";
import { workingDirectory } from "./working-directory.ts";

/** The lines of a file; undefined where it cannot be read again, as standard input. */
export type ReadLines = (file: string) => readonly string[] | undefined;

export interface ProblemsView {
  readonly paint: Paint;
  readonly workingDirectory: string;
  readonly lines: ReadLines;
}

/** What a failed command says on the terminal, if mistakes in files were the reason. */
export function fileProblems(error: unknown, env: NodeJS.ProcessEnv): string | undefined {
  if (!(error instanceof ComposeFileError)) return undefined;
  const paint = painter(mayColour(env, standardError));
  return problemsText(error, { paint, workingDirectory: workingDirectory(env), lines: readLines });
}

function readLines(file: string): readonly string[] | undefined {
  if (file === "-") return undefined;
  try {
    return readFileSync(file, "utf8").split(/\r?\n/);
  } catch {
    // It was there a moment ago; without it there is nothing to show beside the sentence.
    return undefined;
  }
}

/** Lines shown around the one that is wrong. */
const before = 2;
const after = 1;

/** Every mistake of the files, each below the lines it is in, in the order of the files. */
export function problemsText(error: ComposeFileError, view: ProblemsView): string {
  const { paint } = view;
  const parts = error.problems.map((problem) => problemText(problem, view));
  const count = error.problems.length;
  if (count > 1) parts.push(`${paint(`${count} mistakes`, "bold", "red")} in the files of the project`);
  return `${parts.join("\n\n")}\n`;
}

/**
 *     compose.yaml:4:5: services.web: additional properties 'enviroment' not allowed
 *        3 │     image: nginx
 *     >  4 │     enviroment:
 *          │     ^ did you mean "environment"?
 *        5 │       A: b
 */
function problemText({ place, path, message, nearest }: ComposeProblem, view: ProblemsView): string {
  const { paint } = view;
  const where = place ? `${paint(`${nameOf(place, view)}:${place.line}:${place.column}:`, "bold")} ` : "";
  const hint = nearest === undefined ? "" : `did you mean ${JSON.stringify(nearest)}?`;
  const excerpt = place && excerptOf(place, hint, view);
  const subject = path === "" ? "" : `${paint(path, "cyan")}: `;
  const told = hint === "" || excerpt ? "" : ` (${hint})`;
  const head = `${where}${subject}${message}${told}`;
  return excerpt ? `${head}\n${excerpt}` : head;
}

/** Short where the file is below the directory of the call. */
function nameOf({ file }: Place, { workingDirectory }: ProblemsView): string {
  if (file === "-") return "stdin";
  const short = relative(workingDirectory, file);
  return short === "" || short.startsWith("..") ? file : short;
}

function excerptOf({ file, line, column }: Place, hint: string, { lines, paint }: ProblemsView) {
  const all = lines(file);
  const wrong = all?.[line - 1];
  if (!all || wrong === undefined) return undefined;
  const last = Math.min(line + after, all.at(-1) === "" ? all.length - 1 : all.length);
  const width = String(last).length + 1;
  const rows: string[] = [];
  for (let number = Math.max(line - before, 1); number <= Math.max(last, line); number++) {
    const label = String(number).padStart(width);
    const text = all[number - 1] ?? "";
    if (number !== line) {
      rows.push(paint(`  ${label} │ ${text}`, "dim"));
      continue;
    }
    rows.push(`${paint(">", "red", "bold")} ${paint(label, "bold")} ${paint("│", "red")} ${text}`);
    rows.push(markerRow(wrong, column, width, hint, paint));
  }
  return rows.join("\n");
}

/** Tabs stay tabs, so that the marker stands below its character however wide they are shown. */
function markerRow(text: string, column: number, width: number, hint: string, paint: Paint): string {
  const indent = text.slice(0, column - 1).replace(/[^\t]/g, " ");
  const marker = paint(`^${hint && ` ${hint}`}`, "red", "bold");
  return `  ${" ".repeat(width)} ${paint("│", "red")} ${indent}${marker}`;
}
