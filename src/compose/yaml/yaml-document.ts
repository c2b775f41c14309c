import type { SourceText } from "./source-text.ts";
import type { YamlPath, YamlValue } from "./yaml-value.ts";

export interface YamlDocument {
  readonly source: SourceText;
  /** Without what is marked `!reset`. */
  readonly value: YamlValue;
  /** What is to be taken out of the files before this one, before this one is merged into them. */
  readonly marks: readonly YamlMark[];
}

export interface YamlMark {
  readonly tag: "reset" | "override";
  readonly path: YamlPath;
}
