import { notImplemented } from "../errors/engine-error.ts";
import type { CommandLine, EngineOptions } from "./engine-options.ts";

/** Resolves with the exit code when the engine has ended. */
export async function runEngine(_options: EngineOptions, _line: CommandLine): Promise<number> {
  throw notImplemented("the engine is not wired together yet");
}

/** Compares records with kernel and file system; one line for each thing that does not fit. */
export async function checkEngine(_options: EngineOptions): Promise<readonly string[]> {
  throw notImplemented("the consistency check is not built yet");
}
