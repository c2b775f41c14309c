import { nearest } from "../../lib/nearest.ts";
import type { FlagWord } from "./flag-words.ts";
import { rangeOf } from "./logical-lines.ts";
import { failure, type Statement } from "./statement.ts";

/** A flag with one value, a flag that is on or off, a flag that may be repeated. */
type Kind = "text" | "switch" | "list";

type Value<K extends Kind> = K extends "list"
  ? readonly FlagValue[]
  : K extends "text"
    ? string | undefined
    : boolean | undefined;

export interface FlagValue {
  readonly text: string;
  readonly flag: FlagWord;
}

export type FlagValues<Kinds extends Readonly<Record<string, Kind>>> = {
  readonly [Name in keyof Kinds]: Value<Kinds[Name]>;
};

/** Reads the flags of an instruction that knows those of `kinds` and no others. */
export function readFlags<const Kinds extends Readonly<Record<string, Kind>>>(
  statement: Statement,
  kinds: Kinds,
): FlagValues<Kinds> {
  const values: Record<string, string | boolean | FlagValue[] | undefined> = {};
  for (const [name, kind] of Object.entries(kinds)) values[name] = kind === "list" ? [] : undefined;
  for (const flag of statement.flags) {
    const equals = flag.text.indexOf("=");
    const name = flag.text.slice(2, equals < 0 ? undefined : equals);
    const text = equals < 0 ? undefined : flag.text.slice(equals + 1);
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind === undefined) throw unknownFlag(statement, flag, name, Object.keys(kinds));
    const earlier = values[name];
    if (Array.isArray(earlier)) {
      earlier.push({ text: needed(statement, flag, name, text), flag });
      continue;
    }
    if (earlier !== undefined) throw flagFailure(statement, flag, `duplicate flag specified: --${name}`);
    values[name] =
      kind === "text"
        ? needed(statement, flag, name, text)
        : readSwitch(statement, flag, name, text ?? "true");
  }
  return values as FlagValues<Kinds>;
}

function needed(statement: Statement, flag: FlagWord, name: string, text: string | undefined): string {
  if (text === undefined) throw flagFailure(statement, flag, `missing a value on flag: --${name}`);
  return text;
}

function readSwitch(statement: Statement, flag: FlagWord, name: string, text: string): boolean {
  if (text === "") throw flagFailure(statement, flag, `missing a value on flag: --${name}`);
  const lower = text.toLowerCase();
  if (lower === "true" || lower === "false") return lower === "true";
  throw flagFailure(statement, flag, `expecting boolean value for flag --${name}, not: ${text}`);
}

function unknownFlag(statement: Statement, flag: FlagWord, name: string, known: readonly string[]): Error {
  const near = nearest(name, known);
  const question = near === undefined ? "" : ` (did you mean ${near}?)`;
  return flagFailure(
    statement,
    flag,
    `unknown flag: --${name}${question}`,
    near === undefined ? undefined : `--${near}`,
  );
}

export const flagFailure = (statement: Statement, flag: FlagWord, reason: string, hint?: string) =>
  failure(statement, reason, rangeOf(statement.line, flag.at, flag.end), hint);
