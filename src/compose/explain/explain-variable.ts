import { join } from "node:path";
import type { EnvEntry } from "../env/env-entry.ts";
import { readDotenv } from "../env/read-dotenv.ts";
import { isDirectory, isThere, readText } from "../load/files/file-reader.ts";
import { lookupIn } from "../load/files/frame.ts";
import type { LoadedProject } from "../load/load-project.ts";
import type { VariableOrigin, VariableSource } from "../load/provenance.ts";
import { SourceText } from "../yaml/source-text.ts";
import { type ContainerSource, type ContainerVariable, containerVariables } from "./container-variables.ts";
import { aligned, type ExplainView, placeText, shortened, valueText } from "./explain-view.ts";

/** What a variable is, in the files of the project and in its containers; undefined if neither has it. */
export function explainVariable(loaded: LoadedProject, name: string, view: ExplainView): string | undefined {
  const variable = loaded.variables().get(name);
  const inContainers = containerVariables(loaded, name);
  const set = lookupIn(loaded.project.environment)(name);
  if (!variable && inContainers.length === 0 && set === undefined) return undefined;
  const parts: string[] = [];
  if (variable) parts.push(variableText(variable, view));
  else if (inContainers.length === 0) parts.push(unusedText(name, loaded, view));
  if (inContainers.length > 0) parts.push(containersText(name, inContainers, view));
  return `${parts.join("\n\n")}\n`;
}

function variableText(variable: VariableOrigin, view: ExplainView): string {
  const { name, from, value, uses } = variable;
  const others = once(variable.overrode, view);
  const isSet = from !== undefined && from.kind !== "default";
  const head = isSet
    ? `${view.strong(name)} = ${view.strong(valueText(value))}`
    : `${view.strong(name)} is not set${from === undefined ? ": an empty text stands in its place" : ""}`;
  const lines = [head];
  const sources: string[][] = [];
  if (isSet) sources.push(["from", whereText(from, view), ""]);
  for (const [index, source] of (isSet ? others : once(from ? [from, ...others] : [], view)).entries()) {
    const label = index > 0 ? "" : isSet ? "instead of" : "by default";
    const where = isSet || !source.place ? whereText(source, view) : placeText(source.place, view);
    sources.push([label, where, valueText(source.value)]);
  }
  lines.push(...aligned(sources).map((line) => `  ${line}`));
  if (uses.length > 0)
    lines.push("", `  ${view.faint(uses.length === 1 ? "used once" : `used ${uses.length} times`)}`);
  const rows = uses.map(({ place, path, text, becomes }) => [
    placeText(place, view),
    path,
    shortened(text, 40),
    `→ ${shortened(becomes, 40)}`,
  ]);
  lines.push(...aligned(rows).map((line) => `  ${line}`));
  return lines.join("\n");
}

/** Defaults that say the same are one. */
function once(sources: readonly VariableSource[], view: ExplainView): VariableSource[] {
  const seen = new Set<string>();
  return sources.filter((source) => {
    const key = `${whereText(source, view)} ${source.value}`;
    return !seen.has(key) && seen.add(key);
  });
}

function whereText({ kind, place }: VariableSource, view: ExplainView): string {
  const where = place ? placeText(place, view) : "";
  switch (kind) {
    case "shell":
      return "the shell";
    case "project":
      return "the name of the project";
    case "env-file":
      return where;
    case "default":
      return `the default in ${where}`;
    default:
      return kind satisfies never;
  }
}

/** What is set without being used: often a name that is misspelt in the Compose file. */
function unusedText(name: string, { project }: LoadedProject, view: ExplainView): string {
  const value = lookupIn(project.environment)(name);
  const files = [...project.envFiles, join(project.workingDir, ".env")];
  const entry = files.flatMap((file) => entryOf(file, name) ?? []).find((found) => found.value === value);
  const where = entry ? placeText(entry.place, view) : "the shell";
  const head = `${view.strong(name)} = ${view.strong(valueText(value))}`;
  return `${head}\n  from  ${where}\n\n  ${view.faint("no file of the project uses it")}`;
}

function entryOf(file: string, name: string): EnvEntry | undefined {
  if (!isThere(file) || isDirectory(file)) return undefined;
  const entries = new Map<string, EnvEntry>();
  readDotenv(new SourceText(file, readText(file)), entries, () => undefined);
  return entries.get(name);
}

function containersText(name: string, variables: readonly ContainerVariable[], view: ExplainView): string {
  const rows: string[][] = [];
  for (const { service, sources } of variables) {
    const [counts, ...others] = sources;
    if (!counts) continue;
    const value = counts.value === null ? "the image's, or none" : valueText(counts.value);
    rows.push([service, value, sourceText(counts, view), ""]);
    for (const [index, other] of others.entries()) {
      rows.push(["", index === 0 ? "instead of" : "", sourceText(other, view), valueText(other.value)]);
    }
  }
  const head = `${view.strong(name)} in containers`;
  return [head, ...aligned(rows).map((line) => `  ${line}`)].join("\n");
}

function sourceText({ place, by }: ContainerSource, view: ExplainView): string {
  return `${by} in ${place ? placeText(place, view) : "a file"}`;
}
