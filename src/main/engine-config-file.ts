import type { Flag } from "../cli/flags/flag.ts";
import { invalidArgument, messageOf } from "../errors/engine-error.ts";
import { nearest } from "../lib/nearest.ts";
import { type EngineSettings, engineFlags, fileKeyOfFlag, flagsOnly } from "./engine-settings.ts";
import { checkedPool, checkedRuntime, checkedUlimit } from "./engine-values.ts";

/** The settings a configuration file makes, keyed by the flag they stand for. */
export interface ConfigFile {
  readonly settings: Readonly<Record<string, unknown>>;
  /** As written, keyed like the file, for messages. */
  readonly raw: Readonly<Record<string, unknown>>;
}

export const noConfigFile: ConfigFile = { settings: {}, raw: {} };

const flagOfFileKey = new Map(
  Object.keys(engineFlags)
    .filter((flag) => !flagsOnly.has(flag))
    .map((flag) => [fileKeyOfFlag[flag] ?? flag, flag]),
);

/** Parses the text of a configuration file; what it says wrong is thrown as one sentence. */
export function readSettings(text: string): ConfigFile {
  if (text.trim() === "") return noConfigFile;
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw invalidArgument(`the file is not valid JSON: ${messageOf(error)}`, error);
  }
  if (!isObject(raw)) throw invalidArgument(`the file must hold one JSON object`);
  const unknown = Object.keys(raw).filter((key) => !flagOfFileKey.has(key));
  if (unknown.length > 0) {
    throw invalidArgument(
      `the following directives don't match any configuration option: ${unknown.map(withNearest).join(", ")}`,
    );
  }
  const settings: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(raw)) {
    const name = flagOfFileKey.get(key) ?? key;
    try {
      settings[name] = settingOf(name, value);
    } catch (error) {
      throw invalidArgument(`${key}: ${messageOf(error)}`, error);
    }
  }
  return { settings, raw };
}

function withNearest(key: string): string {
  const near = nearest(key, [...flagOfFileKey.keys()]);
  return near === undefined ? key : `${key} (did you mean ${near}?)`;
}

/** dockerd refuses a key that both sides set, rather than choosing one. */
export function checkConflicts(given: ReadonlySet<string>, values: EngineSettings, file: ConfigFile): void {
  const flags = values as unknown as Readonly<Record<string, unknown>>;
  const conflicts = Object.keys(file.raw)
    .map((key) => ({ key, flag: flagOfFileKey.get(key) ?? key }))
    .filter(({ flag }) => given.has(flag))
    .map(({ key, flag }) => `${key}: (from flag: ${show(flags[flag])}, from file: ${show(file.raw[key])})`);
  if (conflicts.length > 0) {
    throw invalidArgument(
      `the following directives are specified both as a flag and in the configuration file: ${conflicts.join(", ")}`,
    );
  }
}

function show(value: unknown): string {
  return Array.isArray(value)
    ? `[${value.map(show).join(" ")}]`
    : typeof value === "string"
      ? value
      : JSON.stringify(value);
}

/** A value of the file by way of its flag's parser, so that both say and check the same. */
function settingOf(name: string, value: unknown): unknown {
  const flag: Flag<unknown> | undefined = Object.entries(engineFlags).find(([key]) => key === name)?.[1];
  if (!flag) throw invalidArgument(`not a setting`);
  switch (name) {
    case "add-runtime":
      return runtimes(value);
    case "default-address-pool":
      return array(value).map((entry) => {
        const fields = object(entry, ["base", "size"]);
        return checkedPool(string(fields.base), integer(fields.size));
      });
    case "default-ulimit":
      return Object.entries(object(value)).map(([key, entry]) => {
        const fields = object(entry, ["Name", "Soft", "Hard"]);
        return checkedUlimit(string(fields.Name ?? key), integer(fields.Soft), integer(fields.Hard));
      });
    case "log-opt":
      return Object.fromEntries(Object.entries(object(value)).map(([key, entry]) => [key, string(entry)]));
    default:
      break;
  }
  if (flag.placeholder === "") return flag.add(flag.initial, String(boolean(value)), false);
  if (Array.isArray(flag.initial) || Array.isArray(value)) {
    let current: unknown = flag.initial;
    for (const entry of array(value)) current = flag.add(current, string(entry), false);
    return current;
  }
  if (name === "default-shm-size" && typeof value === "number")
    return flag.add(flag.initial, String(value), false);
  if (flag.placeholder === "int") return flag.add(flag.initial, String(integer(value)), false);
  return flag.add(flag.initial, typeof value === "number" ? String(value) : string(value), false);
}

function runtimes(value: unknown) {
  let all = {};
  for (const [name, entry] of Object.entries(object(value))) {
    const fields = object(entry, ["path", "runtimeArgs", "runtimeType", "options"]);
    if (fields.runtimeType !== undefined || fields.options !== undefined) {
      throw invalidArgument(
        `runtime ${JSON.stringify(name)}: runtimeType and options belong to containerd, give a path`,
      );
    }
    const args = fields.runtimeArgs === undefined ? [] : array(fields.runtimeArgs).map(string);
    all = { ...all, ...checkedRuntime(name, string(fields.path), args) };
  }
  return all;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function object(value: unknown, keys?: readonly string[]): Record<string, unknown> {
  if (!isObject(value)) throw expected("an object", value);
  const wrong = keys && Object.keys(value).find((key) => !keys.includes(key));
  if (wrong !== undefined) throw invalidArgument(`unknown key ${JSON.stringify(wrong)}`);
  return value;
}

function array(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw expected("a list", value);
  return value;
}

function string(value: unknown): string {
  if (typeof value !== "string") throw expected("a string", value);
  return value;
}

function integer(value: unknown): number {
  if (!Number.isSafeInteger(value)) throw expected("a whole number", value);
  return value as number;
}

function boolean(value: unknown): boolean {
  if (typeof value !== "boolean") throw expected("true or false", value);
  return value;
}

function expected(what: string, value: unknown) {
  return invalidArgument(`must be ${what}, but is ${JSON.stringify(value) ?? "nothing"}`);
}
