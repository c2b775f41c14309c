import { interpolateTree } from "../../interpolate/interpolate-tree.ts";
import { copySpot } from "../../yaml/places.ts";
import { isMap, type YamlMap } from "../../yaml/yaml-value.ts";
import { goText } from "../decode/go-text.ts";
import type { FileReader } from "../files/file-reader.ts";
import { lookupIn } from "../files/frame.ts";
import type { LoadSteps } from "../project-options.ts";
import { checkProjectName, nameOfDirectory, normalizeProjectName } from "./project-name.ts";
import type { ResolvedOptions } from "./resolve-options.ts";

interface Naming {
  /** `--project-name`. */
  readonly given: string;
  readonly resolved: ResolvedOptions;
  readonly reader: FileReader;
  readonly steps: LoadSteps;
  warn(sentence: string): void;
}

/** As it was given, by COMPOSE_PROJECT_NAME, by `name` in the last file that has it, or by the directory. */
export function projectNameOf({ given, resolved, reader, steps, warn }: Naming): string {
  const said = given || resolved.environment.COMPOSE_PROJECT_NAME || "";
  if (said !== "") {
    checkProjectName(said);
    return said;
  }
  let written: YamlMap | undefined;
  for (const document of resolved.files.flatMap((file) => reader.peek(file))) {
    const model = document.value;
    if (!isMap(model) || typeof model.name !== "string" || model.name === "") continue;
    written = { name: model.name };
    copySpot(model, "name", written);
  }
  if (written === undefined) return nameOfDirectory(resolved.projectDirectory, warn);
  if (steps.interpolate !== false) {
    // Warnings are given when the file itself is expanded.
    interpolateTree(written, { lookup: lookupIn(resolved.environment), warn: () => undefined });
  }
  const name = goText(written.name ?? "");
  return steps.normalize === false ? name : normalizeProjectName(name);
}
