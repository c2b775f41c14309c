import type { LoadedProject } from "../load/load-project.ts";
import type { Origin, VariableOrigin } from "../load/provenance.ts";
import { aligned, type ExplainView, placeText, shortened, valueText } from "./explain-view.ts";

/** Where a value of the model came from, or every value below a path; undefined if there is none. */
export function explainPath(loaded: LoadedProject, subject: string, view: ExplainView): string | undefined {
  const origins = [...loaded.origins().values()];
  for (const path of [subject, `services.${subject}`]) {
    const single = origins.find((origin) => origin.path === path);
    if (single) return `${singleText(single, loaded, view)}\n`;
    const below = origins.filter((origin) => isBelow(origin.path, path));
    if (below.length > 0) return `${treeText(path, below, view)}\n`;
  }
  return undefined;
}

const isBelow = (path: string, parent: string) =>
  path.startsWith(parent) && (path[parent.length] === "." || path[parent.length] === "[");

function singleText(origin: Origin, loaded: LoadedProject, view: ExplainView): string {
  const rows = [["from", `${placeText(origin.place, view)}${roleText(origin)}`, ""]];
  for (const [index, { place, value }] of origin.overrode.entries()) {
    rows.push([index === 0 ? "instead of" : "", placeText(place, view), valueText(value)]);
  }
  for (const { variable, text } of variablesAt(origin, loaded)) {
    rows.push(["written", shortened(text, 60), variableText(variable, view)]);
  }
  const head = `${view.strong(origin.path)} = ${view.strong(valueText(origin.value))}`;
  return [head, ...aligned(rows).map((line) => `  ${line}`)].join("\n");
}

function roleText({ by }: Origin): string {
  switch (by) {
    case "file":
      return "";
    case "override":
      return ", a later file";
    case "extends":
      return ", by extends";
    case "include":
      return ", by include";
    case "default":
      return " leaves it open: the default";
    default:
      return by satisfies never;
  }
}

/** Variables that stand in the text of a value, found by where it is written. */
function variablesAt({ place }: Origin, loaded: LoadedProject): { variable: VariableOrigin; text: string }[] {
  return [...loaded.variables().values()].flatMap((variable) => {
    const use = variable.uses.find(
      ({ place: at }) => at.file === place.file && at.line === place.line && at.column >= place.column,
    );
    return use ? [{ variable, text: use.text }] : [];
  });
}

function variableText({ name, value, from }: VariableOrigin, view: ExplainView): string {
  if (from === undefined) return `${name} is not set`;
  if (from.kind === "default") return `${name} is not set, its default stands`;
  const where =
    from.kind === "shell" ? "the shell" : from.place ? placeText(from.place, view) : "the project";
  return `${name} is ${valueText(value)}, from ${where}`;
}

function treeText(path: string, origins: readonly Origin[], view: ExplainView): string {
  const rows = origins.map((origin) => {
    const [replaced] = origin.overrode;
    const instead = replaced
      ? `instead of ${valueText(replaced.value)}, ${placeText(replaced.place, view)}`
      : "";
    const step = origin.path.slice(path.length).replace(/^\./, "");
    return [step, valueText(origin.value), `${placeText(origin.place, view)}${roleText(origin)}`, instead];
  });
  return [view.strong(path), ...aligned(rows).map((line) => `  ${line}`)].join("\n");
}
