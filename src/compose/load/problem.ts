import { EngineError, messageOf } from "../../errors/engine-error.ts";
import { pathText } from "../yaml/path-text.ts";
import { placeOf } from "../yaml/places.ts";
import type { YamlPath, YamlValue } from "../yaml/yaml-value.ts";
import { ComposeFileError, type ComposeProblem } from "./compose-error.ts";

/** What is wrong with the value at a path of a tree, with the place it was written at. */
export function problemAt(
  root: YamlValue,
  path: YamlPath,
  message: string,
  more: { readonly nearest?: string | undefined; readonly of?: "key" | "value" } = {},
): ComposeProblem {
  const place = placeOf(root, path, more.of);
  const problem = { place, path: pathText(path), message };
  return more.nearest === undefined ? problem : { ...problem, nearest: more.nearest };
}

export function failAt(...wrong: Parameters<typeof problemAt>): ComposeFileError {
  return new ComposeFileError([problemAt(...wrong)]);
}

/** What is found wrong with one value gets the place of that value. */
export function located<T>(root: YamlValue, path: YamlPath, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof EngineError && !(error instanceof ComposeFileError)) {
      throw failAt(root, path, messageOf(error));
    }
    throw error;
  }
}
