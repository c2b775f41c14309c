import type { RecordedUse } from "../../interpolate/interpolate-tree.ts";
import type { Lookup } from "../../interpolate/substitute.ts";
import type { YamlDocument, YamlMark } from "../../yaml/read-yaml.ts";
import type { YamlMap } from "../../yaml/yaml-value.ts";
import type { OnReplaced } from "../merge/merge.ts";
import type { OnRepeated } from "../merge/unique.ts";
import type { LoadSteps } from "../project-options.ts";
import type { FileReader } from "./file-reader.ts";

/** What is the same for all files of a load. */
export interface LoadContext {
  readonly reader: FileReader;
  readonly steps: LoadSteps;
  readonly home: string | undefined;
  warn(sentence: string): void;
  /** Listens to where values came from; absent, where nobody asked. */
  readonly recorder?: LoadRecorder;
}

/** Listens to what happens on the way, for `config --explain`. */
export interface LoadRecorder {
  readonly uses: RecordedUse[];
  readonly replaced: OnReplaced;
  readonly repeated: OnRepeated;
  /** A document, before anything is merged with it. */
  read(document: YamlDocument, role: "file" | "override" | "include" | "extends"): void;
  /** Variables an `include` brings along. */
  variablesOf(files: readonly string[]): void;
}

/** What a group of files stands on: the project's, or those of one `include`. */
export interface Frame {
  readonly context: LoadContext;
  readonly environment: Readonly<Record<string, string>>;
  /** What values that are relative paths stand on: relative itself in an `include`, as it is resolved once more. */
  readonly workingDirectory: string;
  /** What files that are named in files stand on; absolute. */
  readonly filesDirectory: string;
  /** The project's own; all others come on top of it or are brought in. */
  readonly firstFile: string;
  /** Files that lead here by `include`. */
  readonly includedBy: readonly string[];
}

export interface LoadedFile {
  readonly model: YamlMap;
  /** What the tags of its last document take out of what is merged with it. */
  readonly marks: readonly YamlMark[];
}

export function lookupIn(environment: Readonly<Record<string, string>>): Lookup {
  return (name) => (Object.hasOwn(environment, name) ? environment[name] : undefined);
}
