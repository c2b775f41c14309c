import { notImplemented } from "../../errors/engine-error.ts";
import type { Place } from "../load/provenance.ts";
import type { YamlMap, YamlPath } from "../yaml/yaml-value.ts";
import type { Lookup, VariableUse } from "./substitute.ts";

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

/**
 * Expands variables in every value of a document (not in its keys), in place, and makes numbers and
 * booleans of texts where the model wants them. Throws one ComposeFileError with all problems.
 */
export function interpolateTree(root: YamlMap, options: InterpolationOptions): void {
  void root;
  void options;
  throw notImplemented("variables are not expanded yet");
}
