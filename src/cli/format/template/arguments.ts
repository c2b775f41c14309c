import type { Parameter } from "./functions.ts";
import { goTypeOf } from "./go-type-of.ts";

/** Go's words for a call with too few or too many arguments. */
export function wrongCount(name: string, wanted: number, given: number, atLeast = false): string {
  return `wrong number of args for ${name}: want ${atLeast ? "at least " : ""}${wanted} got ${given}`;
}

const goNames: Readonly<Record<Parameter, string>> = {
  string: "string",
  integer: "int",
  strings: "[]string",
  any: "interface {}",
};

export function wrongType(wanted: Parameter, value: unknown): string {
  if (value === null || value === undefined) return `invalid value; expected ${goNames[wanted]}`;
  return `wrong type for value; expected ${goNames[wanted]}; got ${goTypeOf(value)}`;
}

/** Whether a value of the data can be that argument. */
export function fits(value: unknown, wanted: Parameter): boolean {
  switch (wanted) {
    case "string":
      return typeof value === "string";
    case "integer":
      return typeof value === "number";
    case "strings":
      return value === null || Array.isArray(value);
    case "any":
      return true;
    default:
      return wanted satisfies never;
  }
}
