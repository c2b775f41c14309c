import { basename } from "node:path";
import { humanSize } from "../format/human-size.ts";
import type { ContextEntry } from "./list-context.ts";

export interface ReportOptions {
  readonly all: boolean;
  readonly ignored: boolean;
  readonly ignoreFile: string | undefined;
}

/** Without `--all`. */
const mostShown = 20;

/** What would be sent, largest first, and what decided about it. */
export function contextReport(entries: Iterable<ContextEntry>, options: ReportOptions): string {
  const sent: ContextEntry[] = [];
  const left: ContextEntry[] = [];
  for (const entry of entries) (entry.ignored ? left : sent).push(entry);
  const files = sent.filter(({ stat }) => !stat.isDirectory()).sort((a, b) => b.stat.size - a.stat.size);
  const shown = options.all ? files : files.slice(0, mostShown);
  const total = files.reduce((sum, { stat }) => sum + stat.size, 0);
  const more = files.length - shown.length;
  const rest = files.slice(shown.length).reduce((sum, { stat }) => sum + stat.size, 0);
  const source = options.ignoreFile === undefined ? "" : basename(options.ignoreFile);
  return [
    ...shown.map((entry) => row(entry, source)),
    ...(more > 0 ? [`${humanSize(rest).padStart(9)}  … ${more} more files (--all lists them)`] : []),
    ...(files.length > 0 ? [""] : []),
    `${files.length} file${files.length === 1 ? "" : "s"}, ${humanSize(total)} would be sent`,
    ...ignoredLines(left, source, options),
    "",
  ].join("\n");
}

function row({ path, stat, rule }: ContextEntry, source: string): string {
  const why = rule === undefined ? "" : `  (${source}:${rule.line} ${shownRule(rule)})`;
  return `${humanSize(stat.size).padStart(9)}  ${path}${why}`;
}

const shownRule = (rule: NonNullable<ContextEntry["rule"]>) => rule.text;

function ignoredLines(
  left: readonly ContextEntry[],
  source: string,
  { ignored, ignoreFile }: ReportOptions,
): string[] {
  if (left.length === 0)
    return ignoreFile === undefined ? ["no ignore file: nothing is left out"] : ["nothing is left out"];
  const byRule = new Map<string, ContextEntry[]>();
  for (const entry of left) {
    const key = entry.rule ? `${source}:${entry.rule.line} ${shownRule(entry.rule)}` : source;
    byRule.set(key, [...(byRule.get(key) ?? []), entry]);
  }
  const lines = ["left out:"];
  for (const [key, entries] of byRule) {
    lines.push(`  ${key}: ${entries.length} path${entries.length === 1 ? "" : "s"}`);
    if (ignored)
      for (const { path, stat } of entries) lines.push(`    ${path}${stat.isDirectory() ? "/" : ""}`);
  }
  return ignored ? lines : [...lines, "(--ignored lists them)"];
}
