import { notImplemented } from "../../errors/engine-error.ts";
import type { Lookup } from "../interpolate/substitute.ts";
import type { SourceText } from "../yaml/source-text.ts";
import type { EnvEntry } from "./env-entry.ts";

/**
 * Reads the variables of a `.env` file into `entries`. Values are expanded from `lookup` first, then
 * from what `entries` has, which is what stands above in this file or in the files before it. A name
 * alone takes its value from `lookup`, and is no entry where there is none. Throws a ComposeFileError.
 */
export function readDotenv(source: SourceText, entries: Map<string, EnvEntry>, lookup: Lookup): void {
  void source;
  void entries;
  void lookup;
  throw notImplemented("files of variables are not read yet");
}

/** `env_file` with `format: raw`: `NAME=value`, nothing is expanded, quotes are kept. */
export function readRawEnv(source: SourceText, entries: Map<string, EnvEntry>, lookup: Lookup): void {
  readDotenv(source, entries, lookup);
}
