import { readFileSync, statSync } from "node:fs";
import { invalidArgument, messageOf } from "../../../errors/engine-error.ts";
import { listFlag } from "../flag.ts";
import { cut } from "./csv-fields.ts";

function checkVariable(text: string): string {
  if (text === "" || text.startsWith("=")) throw invalidArgument(`invalid environment variable: ${text}`);
  return text;
}

export const environmentFlags = {
  env: listFlag("Set environment variables", { short: "e", parse: checkVariable }),
  "env-file": listFlag("Read in a file of environment variables"),
};

/** Variables of the command line; the last of a name wins. Undefined: there is none here either. */
export function givenVariables(
  list: readonly string[],
  env: NodeJS.ProcessEnv,
): Map<string, string | undefined> {
  const variables = new Map<string, string | undefined>();
  for (const text of list) {
    const [name, value = ownValue(env, name)] = cut(text, "=");
    variables.set(name, value);
  }
  return variables;
}

/** Variables of files, as they are sent: one without a value takes the client's own, if there is one. */
export function variablesInFiles(files: readonly string[], env: NodeJS.ProcessEnv): string[] {
  return files.flatMap(linesOf).flatMap((line) => {
    const [name, value = ownValue(env, name)] = cut(line, "=");
    return value === undefined ? [] : [`${name}=${value}`];
  });
}

const ownValue = (env: NodeJS.ProcessEnv, name: string) => (Object.hasOwn(env, name) ? env[name] : undefined);

/** A name alone is sent too: it takes the image's variable away. */
export function environmentList(variables: ReadonlyMap<string, string | undefined>): string[] {
  return [...variables].map(([name, value]) => (value === undefined ? name : `${name}=${value}`));
}

/** Lines that say something, of a file of variables or labels. */
export function linesOf(path: string): string[] {
  const invalid = (why: string) => invalidArgument(`invalid env file (${path}): ${why}`);
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
      throw invalid(`read ${path}: is a directory`);
    }
    throw invalidArgument(`open ${path}: ${reasonOf(error)}`, error);
  }
  const found: string[] = [];
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch (error) {
    throw invalidArgument(`invalid env file (${path}): invalid utf8 bytes`, error);
  }
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trimStart();
    if (line === "" || line.startsWith("#")) continue;
    const [name] = cut(line, "=");
    if (/\s/.test(name)) throw invalid(`variable '${name}' contains whitespaces`);
    if (name === "") throw invalid(`no variable name on line '${line}'`);
    found.push(line);
  }
  return found;
}

/** Why the system would not, in the words all programs use. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOENT":
      return "no such file or directory";
    case "EACCES":
      return "permission denied";
    case "EISDIR":
      return "is a directory";
    case "ENOTDIR":
      return "not a directory";
    case "EEXIST":
      return "file exists";
    default:
      return messageOf(error);
  }
}
