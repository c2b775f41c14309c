import { invalidArgument } from "../../../errors/engine-error.ts";
import { templateJson } from "../go-json.ts";
import { GoNil, GoStruct } from "../go-types/go-struct.ts";
import { goTypeOf } from "./go-type-of.ts";
import { printValue } from "./print-value.ts";
import { printf } from "./printf.ts";

/** What Go's checker wants of an argument. */
export type Parameter = "string" | "integer" | "strings" | "any";

export interface TemplateFunction {
  readonly parameters: readonly Parameter[];
  /** More of any type may follow. */
  readonly variadic?: boolean;
  run(...args: readonly unknown[]): unknown;
}

type Run = TemplateFunction["run"];

const takes = (parameters: readonly Parameter[], run: Run): TemplateFunction => ({ parameters, run });
const takesMore = (parameters: readonly Parameter[], run: Run): TemplateFunction => ({
  parameters,
  variadic: true,
  run,
});

/** Go's own functions and those the docker program adds. `and` and `or` are run in execute.ts: they stop early. */
export const functions: Readonly<Record<string, TemplateFunction>> = {
  // Docker's.
  json: takes(["any"], (value) => templateJson(value)),
  split: takes(["string", "string"], (text, separator) => String(text).split(String(separator))),
  join: takes(["strings", "string"], (list, separator) =>
    asList(list).map(printValue).join(String(separator)),
  ),
  title: takes(["string"], (text) => titled(String(text))),
  lower: takes(["string"], (text) => String(text).toLowerCase()),
  upper: takes(["string"], (text) => String(text).toUpperCase()),
  pad: takes(["string", "integer", "integer"], (text, before, after) =>
    text === "" ? "" : " ".repeat(Number(before)) + text + " ".repeat(Number(after)),
  ),
  truncate: takes(["string", "integer"], (text, length) =>
    [...String(text)].slice(0, Number(length)).join(""),
  ),
  // Go's.
  and: takesMore(["any"], () => undefined),
  or: takesMore(["any"], () => undefined),
  call: takesMore([], (value) => {
    throw invalidArgument(`non-function of type ${goTypeOf(value)}`);
  }),
  println: takesMore([], (...args) => `${args.map(printValue).join(" ")}\n`),
  print: takesMore([], (...args) => print(args)),
  printf: takesMore(["string"], (format, ...args) => printf(String(format), args)),
  len: takes(["any"], (value) => lengthOf(value)),
  index: takesMore(["any"], (value, ...keys) => keys.reduce((inner, key) => at(inner, key), value)),
  slice: takesMore(["any"], (value, ...ends) => sliceOf(value, ends)),
  not: takes(["any"], (value) => !isTrue(value)),
  eq: takesMore(["any"], (first, ...others) => {
    if (others.length === 0) throw invalidArgument("missing argument for comparison");
    return others.some((other) => equal(first, other));
  }),
  ne: takes(["any", "any"], (a, b) => !equal(a, b)),
  lt: takes(["any", "any"], (a, b) => compare(a, b) < 0),
  le: takes(["any", "any"], (a, b) => compare(a, b) <= 0),
  gt: takes(["any", "any"], (a, b) => compare(a, b) > 0),
  ge: takes(["any", "any"], (a, b) => compare(a, b) >= 0),
  html: takesMore([], (...args) => escapeHtml(print(args))),
  js: takesMore([], (...args) => escapeScript(print(args))),
  urlquery: takesMore([], (...args) => new URLSearchParams([["", print(args)]]).toString().slice(1)),
};

/** Go's truth: zero, empty and nothing are false; a struct is always true. */
export function isTrue(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === "") return false;
  if (value instanceof GoNil) return false;
  if (Array.isArray(value)) return value.length > 0;
  return typeof value !== "object" || value instanceof GoStruct || Object.keys(value).length > 0;
}

function titled(text: string): string {
  return text.replace(
    /(^|[^\p{L}\p{N}_'’])(\p{L})/gu,
    (_, before: string, letter: string) => before + letter.toUpperCase(),
  );
}

/** Sprint: a space between operands when neither is text. */
function print(args: readonly unknown[]): string {
  return args
    .map((arg, i) => {
      const spaced = i > 0 && typeof arg !== "string" && typeof args[i - 1] !== "string";
      return `${spaced ? " " : ""}${printValue(arg)}`;
    })
    .join("");
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function lengthOf(value: unknown): number {
  if (typeof value === "string") return Buffer.byteLength(value);
  if (Array.isArray(value)) return value.length;
  if (isNil(value)) throw invalidArgument("len of nil pointer");
  if (typeof value === "object" && !(value instanceof GoStruct)) return Object.keys(value).length;
  throw invalidArgument(`len of type ${goTypeOf(value)}`);
}

function at(value: unknown, key: unknown): unknown {
  if (isNil(value)) throw invalidArgument("index of untyped nil");
  if (Array.isArray(value) || typeof value === "string") {
    if (typeof key !== "number") throw invalidArgument(`cannot index slice/array with type ${goTypeOf(key)}`);
    const bytes = typeof value === "string" ? Buffer.from(value) : value;
    if (key < 0 || key > bytes.length) throw invalidArgument(`index out of range: ${key}`);
    // One past the end is found out later, and by others.
    const kind = typeof value === "string" ? "string" : "slice";
    if (key === bytes.length) throw invalidArgument(`reflect: ${kind} index out of range`);
    return bytes[key];
  }
  if (typeof value !== "object" || value instanceof GoStruct) {
    throw invalidArgument(`can't index item of type ${goTypeOf(value)}`);
  }
  if (typeof key !== "string") {
    throw invalidArgument(`value has type ${goTypeOf(key)}; should be string`);
  }
  if (Object.hasOwn(value, key)) return (value as Record<string, unknown>)[key];
  // A map of texts has an empty one where it has none.
  const items = Object.values(value);
  const struct = items.find((item) => item instanceof GoStruct);
  if (struct instanceof GoStruct) return new GoNil(`*${struct.typeName}`);
  return items.length > 0 && items.every((item) => typeof item === "string") ? "" : undefined;
}

function sliceOf(value: unknown, ends: readonly unknown[]): unknown {
  if (typeof value !== "string" && !Array.isArray(value)) {
    throw invalidArgument(`can't slice item of type ${goTypeOf(value)}`);
  }
  if (ends.length > (typeof value === "string" ? 2 : 3)) {
    throw invalidArgument(
      typeof value === "string" ? "cannot 3-index slice a string" : `too many slice indexes: ${ends.length}`,
    );
  }
  const whole = typeof value === "string" ? Buffer.from(value) : value;
  for (const end of ends) {
    if (typeof end !== "number") throw invalidArgument(`cannot index slice/array with type ${goTypeOf(end)}`);
    if (end < 0 || end > whole.length) throw invalidArgument(`index out of range: ${end}`);
  }
  const [from = 0, to = whole.length] = ends as readonly number[];
  if (from > to) throw invalidArgument(`invalid slice index: ${from} > ${to}`);
  return Buffer.isBuffer(whole) ? whole.toString("utf8", from, to) : whole.slice(from, to);
}

function isNil(value: unknown): value is null | undefined {
  return value === null || value === undefined || value instanceof GoNil;
}

function equal(a: unknown, b: unknown): boolean {
  for (const one of [a, b]) {
    if (typeof one === "object" && !isNil(one)) {
      throw invalidArgument(`non-comparable type ${printValue(one)}: ${goTypeOf(one)}`);
    }
  }
  if (isNil(a) || isNil(b)) return isNil(a) && isNil(b);
  if (typeof a === "bigint" || typeof b === "bigint") return BigInt(String(a)) === BigInt(String(b));
  if (typeof a !== typeof b) throw invalidArgument("incompatible types for comparison");
  return a === b;
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "string" && typeof b === "string") return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === typeof b) throw invalidArgument("invalid type for comparison");
  throw invalidArgument("incompatible types for comparison");
}

function escapeHtml(text: string): string {
  const names: Record<string, string> = {
    "<": "&lt;",
    ">": "&gt;",
    "&": "&amp;",
    '"': "&#34;",
    "'": "&#39;",
  };
  return text.replace(/[<>&"']/g, (letter) => names[letter] ?? letter);
}

function escapeScript(text: string): string {
  const escapes: Record<string, string> = {
    "\\": "\\\\",
    "'": "\\'",
    '"': '\\"',
    "<": "\\u003C",
    ">": "\\u003E",
    "&": "\\u0026",
    "=": "\\u003D",
  };
  const code = (letter: string) => letter.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
  return [...text]
    .map((letter) => escapes[letter] ?? (letter < " " ? `\\u${code(letter)}` : letter))
    .join("");
}
