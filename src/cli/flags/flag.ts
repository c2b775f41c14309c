import { invalidArgument } from "../../errors/engine-error.ts";
import { goQuote } from "../../lib/go-quote.ts";
import { parseInteger } from "./numbers.ts";

/**
 * One command line flag: how its text becomes a value. A flag given several times calls
 * `add` several times, so that a list grows and a plain value is overwritten.
 */
export interface Flag<T> {
  readonly short?: string;
  readonly help: string;
  /** The word after the flag in help; empty for a switch, which needs no value. */
  readonly placeholder: string;
  readonly initial: T;
  /** Shown in help as `(default …)`. */
  readonly defaultText?: string;
  readonly hidden?: boolean;
  /** Its value where none follows behind `=`; a flag that has one never takes the next word. */
  readonly alone?: string;
  /** What to use instead: said when the flag is used, which help does not show. */
  readonly deprecated?: string;
  /** What its values may be, for the completion of shells. */
  readonly complete?: FlagCompletion;
  /** Throws a sentence without the flag's name; the parser puts that in front. */
  add(current: T, text: string, given: boolean): T;
}

/** Words to choose from, or what kind of names: those of living things are asked of the engine. */
export type FlagCompletion =
  | readonly string[]
  | "files"
  | "folders"
  | "containers"
  | "running"
  | "images"
  | "networks"
  | "volumes"
  | "contexts"
  | "services"
  | "projects"
  | "profiles"
  | "nothing";

// biome-ignore lint/suspicious/noExplicitAny: the one place where flags of all types stand side by side
export type FlagSet = Readonly<Record<string, Flag<any>>>;
export type FlagValues<S extends FlagSet> = {
  readonly [K in keyof S]: S[K] extends Flag<infer T> ? T : never;
};

interface Extras {
  readonly short?: string;
  readonly placeholder?: string;
  readonly hidden?: boolean;
  readonly defaultText?: string;
  readonly alone?: string;
  readonly deprecated?: string;
  readonly complete?: FlagCompletion;
}

/** The words pflag accepts for a boolean. */
export function parseBoolean(text: string): boolean {
  if (/^(1|t|T|TRUE|true|True)$/.test(text)) return true;
  if (/^(0|f|F|FALSE|false|False)$/.test(text)) return false;
  throw invalidArgument(`strconv.ParseBool: parsing ${goQuote(text)}: invalid syntax`);
}

export function booleanFlag(
  help: string,
  extras: Extras & { readonly initial?: boolean } = {},
): Flag<boolean> {
  const initial = extras.initial ?? false;
  return {
    placeholder: "",
    ...(initial ? { defaultText: "true" } : {}),
    ...extras,
    help,
    initial,
    add: (_, text) => parseBoolean(text),
  };
}

/** A switch that knows whether it was given at all. */
export function optionalBooleanFlag(help: string, extras: Extras = {}): Flag<boolean | undefined> {
  return { placeholder: "", ...extras, help, initial: undefined, add: (_, text) => parseBoolean(text) };
}

export function stringFlag(help: string, extras: Extras & { readonly initial?: string } = {}): Flag<string> {
  const initial = extras.initial ?? "";
  return {
    placeholder: "string",
    ...(initial === "" ? {} : { defaultText: goQuote(initial) }),
    ...extras,
    help,
    initial,
    add: (_, text) => text,
  };
}

type NumberExtras = Extras & { readonly initial?: number };

function numberFlag(
  help: string,
  extras: NumberExtras,
  placeholder: string,
  parse: (text: string) => number,
): Flag<number> {
  const initial = extras.initial ?? 0;
  return {
    placeholder,
    ...(initial === 0 ? {} : { defaultText: String(initial) }),
    ...extras,
    help,
    initial,
    add: (_, text) => parse(text),
  };
}

export const integerFlag = (help: string, extras: NumberExtras = {}) =>
  numberFlag(help, extras, "int", (text) => parseInteger(text));

/** Repeatable; `parse` checks or rewrites one value. */
export function listFlag<T = string>(
  help: string,
  extras: Extras & { readonly parse?: (text: string) => T } = {},
): Flag<readonly T[]> {
  const { parse, ...rest } = extras;
  return {
    placeholder: "list",
    ...rest,
    help,
    initial: [],
    add: (current, text) => [...current, parse ? parse(text) : (text as T)],
  };
}

/** Repeatable `key=value`; the last one of a key wins. */
export function mapFlag(help: string, extras: Extras = {}): Flag<Readonly<Record<string, string>>> {
  return {
    placeholder: "map",
    ...extras,
    help,
    initial: {},
    add: (current, text) => {
      const at = text.indexOf("=");
      return at < 0 ? { ...current, [text]: "" } : { ...current, [text.slice(0, at)]: text.slice(at + 1) };
    },
  };
}
