import { notImplemented } from "../../errors/engine-error.ts";
import type { YamlMap } from "../yaml/yaml-value.ts";

/** Holds a merged model against the Compose Specification's schema. Throws a ComposeFileError with every problem and its place. */
export function checkSchema(model: YamlMap): void {
  void model;
  throw notImplemented("the schema is not checked yet");
}
