import { invalidArgument } from "../../../errors/engine-error.ts";
import { goJson } from "../go-json.ts";
import { printValue } from "./print-value.ts";
import { printf } from "./printf.ts";

type TemplateFunction = (...args: readonly unknown[]) => unknown;

/** Go's own functions and those the docker program adds. `and` and `or` are in execute.ts: they stop early. */
export const functions: Readonly<Record<string, TemplateFunction>> = {
  // Docker's.
  json: (value) => goJson(value),
  split: (text, separator) => printValue(text).split(printValue(separator)),
  join: (list, separator) => asList(list).map(printValue).join(printValue(separator)),
  title: (text) =>
    printValue(text).replace(
      /(^|[^\p{L}\p{N}_'’])(\p{L})/gu,
      (_, before, letter) => before + letter.toUpperCase(),
    ),
  lower: (text) => printValue(text).toLowerCase(),
  upper: (text) => printValue(text).toUpperCase(),
  pad: (text, before, after) =>
    text === "" ? "" : `${" ".repeat(asNumber(before))}${printValue(text)}${" ".repeat(asNumber(after))}`,
  truncate: (text, length) => [...printValue(text)].slice(0, asNumber(length)).join(""),
  // Go's.
  println: (...args) => `${args.map(printValue).join(" ")}\n`,
  print: (...args) => print(args),
  printf: (format, ...args) => printf(printValue(format), args),
  len: (value) => lengthOf(value),
  index: (value, ...keys) => keys.reduce((inner, key) => at(inner, key), value),
  slice: (value, from = 0, to) => sliceOf(value, asNumber(from), to === undefined ? undefined : asNumber(to)),
  not: (value) => !isTrue(value),
  eq: (first, ...others) => {
    if (others.length === 0) throw invalidArgument("error calling eq: missing argument for comparison");
    return others.some((other) => equal(first, other));
  },
  ne: (a, b) => !equal(a, b),
  lt: (a, b) => compare("lt", a, b) < 0,
  le: (a, b) => compare("le", a, b) <= 0,
  gt: (a, b) => compare("gt", a, b) > 0,
  ge: (a, b) => compare("ge", a, b) >= 0,
  html: (...args) => escapeHtml(print(args)),
  js: (...args) => JSON.stringify(print(args)).slice(1, -1).replace(/'/g, "\\'"),
  urlquery: (...args) => encodeURIComponent(print(args)).replace(/%20/g, "+"),
};

/** Go's truth: zero, empty and nothing are false. */
export function isTrue(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === "") return false;
  if (Array.isArray(value)) return value.length > 0;
  return typeof value !== "object" || Object.keys(value).length > 0;
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
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value;
  throw invalidArgument(`wrong type for value; expected []string; got ${typeof value}`);
}

function asNumber(value: unknown): number {
  if (typeof value === "number") return value;
  throw invalidArgument(`wrong type for value; expected int; got ${typeof value}`);
}

function lengthOf(value: unknown): number {
  if (typeof value === "string") return Buffer.byteLength(value);
  if (Array.isArray(value)) return value.length;
  if (typeof value === "object" && value !== null) return Object.keys(value).length;
  throw invalidArgument(
    `error calling len: len of ${value === null ? "nil pointer" : `type ${typeof value}`}`,
  );
}

function at(value: unknown, key: unknown): unknown {
  if (value === null || value === undefined)
    throw invalidArgument("error calling index: index of untyped nil");
  if (Array.isArray(value) || typeof value === "string") {
    const index = asNumber(key);
    if (index < 0 || index >= value.length) {
      throw invalidArgument(`error calling index: reflect: slice index out of range: ${index}`);
    }
    return typeof value === "string" ? Buffer.from(value)[index] : value[index];
  }
  if (typeof value !== "object")
    throw invalidArgument(`error calling index: cannot index item of type ${typeof value}`);
  const name = printValue(key);
  return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

function sliceOf(value: unknown, from: number, to: number | undefined): unknown {
  if (typeof value !== "string" && !Array.isArray(value)) {
    throw invalidArgument(`error calling slice: cannot slice item of type ${typeof value}`);
  }
  const end = to ?? value.length;
  if (from < 0 || end > value.length || from > end) {
    throw invalidArgument(`error calling slice: index out of range: ${Math.max(from, end)}`);
  }
  return value.slice(from, end);
}

function equal(a: unknown, b: unknown): boolean {
  if (typeof a === "object" && a !== null) throw invalidArgument("error calling eq: non-comparable type");
  if (a !== null && b !== null && typeof a !== typeof b) {
    throw invalidArgument("error calling eq: incompatible types for comparison");
  }
  return a === b;
}

function compare(name: string, a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "string" && typeof b === "string") return a < b ? -1 : a > b ? 1 : 0;
  throw invalidArgument(`error calling ${name}: incompatible types for comparison`);
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
