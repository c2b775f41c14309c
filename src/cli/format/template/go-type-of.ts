import { GoNil, GoStruct } from "../go-types/go-struct.ts";

/** What Go calls the type of a value, as messages about templates show it. */
export function goTypeOf(value: unknown): string {
  if (value === null || value === undefined) return "<nil>";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float64";
  if (typeof value === "bigint") return "int64";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "string") return "string";
  if (value instanceof GoStruct || value instanceof GoNil) return value.typeName;
  return Array.isArray(value) ? listType(value) : "map[string]interface {}";
}

function listType(value: readonly unknown[]): string {
  const strings = value.every((item) => typeof item === "string");
  return strings && value.length > 0 ? "[]string" : "[]interface {}";
}
