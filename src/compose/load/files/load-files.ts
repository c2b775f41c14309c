import type { YamlMap } from "../../yaml/yaml-value.ts";
import { checkValues } from "../check/values.ts";
import { setDefaults } from "../complete/defaults.ts";
import { resolvePaths } from "../complete/paths.ts";
import { takeVariables } from "../complete/variables.ts";
import type { Frame } from "./frame.ts";
import { loadFile } from "./load-file.ts";

/** Files that are one model: each is merged into those before it, then it is completed and checked. */
export function loadFiles(files: readonly string[], frame: Frame, keepRelativePaths = false): YamlMap {
  const model: YamlMap = {};
  for (const file of files) loadFile(model, file, frame);
  setDefaults(model);
  checkValues(model);
  if (!keepRelativePaths) {
    resolvePaths(model, {
      workingDirectory: frame.workingDirectory,
      home: frame.context.home,
      warn: frame.context.warn,
    });
  }
  takeVariables(model, frame.environment);
  return model;
}
