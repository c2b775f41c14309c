import type { EnvEntry } from "../../env/env-entry.ts";
import type { RecordedUse } from "../../interpolate/interpolate-tree.ts";
import { pathText } from "../../yaml/path-text.ts";
import { isThere } from "../files/file-reader.ts";
import type { LoadedModel } from "../load-model.ts";
import { readEnvEntries } from "../options/env-files.ts";
import { ownEntry } from "../own-entry.ts";
import type { VariableOrigin, VariableSource } from "../provenance.ts";
import type { Recorder } from "./recorder.ts";

/** Where every variable the files speak of came from, and what else has it. */
export function variableOrigins(
  loaded: LoadedModel,
  recorder: Recorder,
): ReadonlyMap<string, VariableOrigin> {
  const files = entriesByFile(loaded, recorder);
  const uses = Map.groupBy(recorder.uses, ({ name }) => name);
  const names = [...uses.keys()].sort();
  return new Map(names.map((name) => [name, originOf(name, uses.get(name) ?? [], loaded, files)]));
}

function originOf(
  name: string,
  uses: readonly RecordedUse[],
  loaded: LoadedModel,
  files: readonly ReadonlyMap<string, EnvEntry>[],
): VariableOrigin {
  const set = sources(name, loaded, files);
  const fallback = uses.flatMap((use) => defaultOf(use) ?? []);
  const [from, ...overrode] = [...set, ...fallback];
  return {
    name,
    value: from?.value,
    from,
    overrode,
    uses: uses.flatMap(({ place, path, text, result }) =>
      place ? [{ place, path: pathText(path), text, becomes: result }] : [],
    ),
  };
}

/** By falling rank: the shell, then files of variables. */
function sources(
  name: string,
  { name: project, options }: LoadedModel,
  files: readonly ReadonlyMap<string, EnvEntry>[],
): VariableSource[] {
  const list: VariableSource[] = [];
  if (name === "COMPOSE_PROJECT_NAME") list.push({ kind: "project", value: project });
  const inShell = ownEntry(options.shell, name);
  if (inShell !== undefined) list.push({ kind: "shell", value: inShell });
  for (const entries of files) {
    const entry = entries.get(name);
    if (entry) list.push({ kind: "env-file", place: entry.place, value: entry.value });
  }
  return list;
}

/** `${X:-y}`: what is taken, or would be, where nothing has the variable. */
function defaultOf({ operator, argument, value, becomes, place }: RecordedUse): VariableSource | undefined {
  if (operator !== ":-" && operator !== "-") return undefined;
  const isTaken = value === undefined || (operator === ":-" && value === "");
  return { kind: "default", ...(place && { place }), value: isTaken ? becomes : argument };
}

function entriesByFile({ options, environment }: LoadedModel, recorder: Recorder): Map<string, EnvEntry>[] {
  const files = new Set([...options.variableFiles, ...recorder.variableFiles.toReversed()]);
  return [...files].filter(isThere).map((file) => readEnvEntries([file], environment));
}
