import { ComposeFileError, type ComposeProblem } from "../load/compose-error.ts";
import type { Place } from "../load/provenance.ts";
import { pathText } from "../yaml/path-text.ts";
import { placeOf, type Spot, setEntry, spotOf } from "../yaml/places.ts";
import type { YamlMap, YamlPath, YamlValue } from "../yaml/yaml-value.ts";
import { CastFailure, castText } from "./cast-text.ts";
import { type CastNode, castBelow, castRoot } from "./casts.ts";
import {
  InvalidTemplate,
  type Lookup,
  MissingVariable,
  type SubstitutionListener,
  substitute,
  type VariableUse,
} from "./substitute.ts";

export interface InterpolationOptions {
  readonly lookup: Lookup;
  /** A sentence for the user, once for every variable. */
  warn(sentence: string): void;
  /** Every use of a variable, in order of the file. */
  readonly uses?: RecordedUse[];
}

export interface RecordedUse extends VariableUse {
  readonly place: Place | undefined;
  readonly path: YamlPath;
  /** The whole text it stands in, and what that became. */
  readonly text: string;
  readonly result: string;
}

// trail: compose config
/**
 * Expands variables in every value of a document (not in its keys), in place, and makes numbers and
 * booleans of texts where the model wants them. Throws one ComposeFileError with all problems.
 */
export function interpolateTree(root: YamlMap, options: InterpolationOptions): void {
  const problems: ComposeProblem[] = [];
  const warned = new Set<string>();
  const warn = (sentence: string) => {
    if (!warned.has(sentence)) options.warn(sentence);
    warned.add(sentence);
  };
  walk(root, [], castRoot, { root, options, problems, warn });
  if (problems.length > 0) throw new ComposeFileError(problems);
}

interface Walk {
  readonly root: YamlMap;
  readonly options: InterpolationOptions;
  readonly problems: ComposeProblem[];
  readonly warn: (sentence: string) => void;
}

function walk(
  container: YamlMap | YamlValue[],
  path: YamlPath,
  casts: CastNode | undefined,
  run: Walk,
): void {
  const steps = Array.isArray(container) ? container.keys() : Object.keys(container);
  for (const step of steps) {
    const value = (container as Record<string | number, YamlValue>)[step];
    if (typeof value === "object" && value !== null) {
      walk(value, [...path, step], castBelow(casts, step), run);
    } else if (typeof value === "string") {
      const kind = castBelow(casts, step)?.kind;
      if (kind === undefined && !value.includes("$")) continue;
      const result = expand(value, container, [...path, step], kind, run);
      if (result === undefined || result === value) continue;
      if (typeof step === "number") (container as YamlValue[])[step] = result;
      else setEntry(container as YamlMap, step, result);
    }
  }
}

/** The value in place of a text, or undefined where there was a problem. */
function expand(
  text: string,
  container: object,
  path: YamlPath,
  kind: CastNode["kind"],
  run: Walk,
): YamlValue | undefined {
  const spot = spotOf(container, path.at(-1) ?? "");
  const uses: VariableUse[] = [];
  const listener: SubstitutionListener = {
    unset: (name) =>
      run.warn(`The ${JSON.stringify(name)} variable is not set. Defaulting to a blank string.`),
    ...(run.options.uses && { used: (use) => uses.push(use) }),
  };
  try {
    const result = substitute(text, run.options.lookup, listener);
    if (uses.length > 0) record(uses, { text, result, spot, path }, run);
    return kind === undefined ? result : castText(result, kind, run.warn);
  } catch (error) {
    run.problems.push(problemOf(error, text, spot, path, run.root));
    return undefined;
  }
}

function record(
  uses: readonly VariableUse[],
  { text, result, spot, path }: { text: string; result: string; spot: Spot | undefined; path: YamlPath },
  run: Walk,
): void {
  let from = spot?.value ?? 0;
  for (const use of uses) {
    const at = spot && offsetOf(new RegExp(`\\$\\{?${use.name}(?![\\w])`, "g"), spot, from, text);
    if (at !== undefined) from = at + 1;
    const place = spot ? spot.source.placeAt(at ?? spot.value) : placeOf(run.root, path);
    run.options.uses?.push({ ...use, place, path, text, result });
  }
}

/**
 * Where in the file a part of a text stands. A text may be folded or escaped in the file, so this
 * looks for the part itself, not far behind the value's beginning.
 */
function offsetOf(part: RegExp, spot: Spot, from: number, text: string): number | undefined {
  part.lastIndex = from;
  const found = part.exec(spot.source.text);
  return found && found.index <= spot.value + 2 * text.length + 200 ? found.index : undefined;
}

function problemOf(
  error: unknown,
  text: string,
  spot: Spot | undefined,
  path: YamlPath,
  root: YamlMap,
): ComposeProblem {
  const isFault =
    error instanceof InvalidTemplate || error instanceof MissingVariable || error instanceof CastFailure;
  if (!isFault) throw error;
  let at: number | undefined;
  if (spot && error instanceof InvalidTemplate) {
    at = offsetOf(/\$\{(?![a-z_]\w*(?:\}|:?[-+?].*\}))/gi, spot, spot.value, text);
  }
  if (spot && error instanceof MissingVariable) {
    at = offsetOf(new RegExp(`\\$\\{${error.variable}:?\\?`, "g"), spot, spot.value, text);
  }
  const place = spot ? spot.source.placeAt(at ?? spot.value) : placeOf(root, path);
  const hint = error instanceof InvalidTemplate ? " (a dollar sign that means itself is written $$)" : "";
  return { place, path: pathText(path), message: `${error.message}${hint}` };
}
