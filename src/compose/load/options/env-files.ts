import { invalidArgument, notFound } from "../../../errors/engine-error.ts";
import type { EnvEntry } from "../../env/env-entry.ts";
import { readDotenv } from "../../env/read-dotenv.ts";
import { SourceText } from "../../yaml/source-text.ts";
import { isDirectory, isThere, readText } from "../files/file-reader.ts";
import { lookupIn } from "../files/frame.ts";

type Environment = Readonly<Record<string, string>>;

/** The variables of files; what is set already is what they are expanded from. */
export function readEnvFiles(files: readonly string[], current: Environment): Record<string, string> {
  const entries = readEnvEntries(files, current);
  return Object.fromEntries([...entries].map(([name, { value }]) => [name, value]));
}

export function readEnvEntries(files: readonly string[], current: Environment): Map<string, EnvEntry> {
  const entries = new Map<string, EnvEntry>();
  for (const file of files) {
    if (!isThere(file)) throw notFound(`couldn't find env file: ${file}`);
    if (isDirectory(file)) throw invalidArgument(`${file} is a directory`);
    readDotenv(new SourceText(file, readText(file)), entries, lookupIn(current));
  }
  return entries;
}
