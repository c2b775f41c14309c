import { GoNil, GoStruct, GoTime } from "../go-types/go-struct.ts";

/** A value as Go's `{{.}}` prints it: `%v`. */
export function printValue(value: unknown): string {
  if (value === undefined || value === null) return "<no value>";
  return nested(value);
}

function nested(value: unknown): string {
  if (value === undefined || value === null || value instanceof GoNil) return "<nil>";
  if (Array.isArray(value)) return `[${value.map(nested).join(" ")}]`;
  if (value instanceof GoTime) return String(value);
  if (value instanceof GoStruct) return `{${value.values().map(nested).join(" ")}}`;
  if (typeof value === "object") {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `map[${entries.map(([key, item]) => `${key}:${nested(item)}`).join(" ")}]`;
  }
  return typeof value === "number" ? printNumber(value) : String(value);
}

/** JSON numbers are floats in Go: large ones print with an exponent there, except whole ones here. */
function printNumber(value: number): string {
  return Number.isInteger(value) ? value.toFixed(0) : String(value);
}
