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

/** Keeps mistakes while what they do not concern is looked at too, so that all of them are told at once. */
export class Problems {
  readonly #found: ComposeProblem[] = [];

  /** Undefined where a mistake was found. */
  attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof ComposeFileError)) throw error;
      // What follows from a mistake that is known already is none of its own.
      const known = new Set(this.#found.map(({ path }) => path));
      this.#found.push(...error.problems.filter(({ path }) => !known.has(path)));
      return undefined;
    }
  }

  get isEmpty(): boolean {
    return this.#found.length === 0;
  }

  throwAll(): void {
    if (!this.isEmpty) throw new ComposeFileError(this.#found);
  }
}
