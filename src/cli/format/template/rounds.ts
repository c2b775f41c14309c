import { GoNil, GoStruct } from "../go-types/go-struct.ts";

/** What `{{range}}` goes through, each with its key; undefined for what it cannot. */
export function roundsOf(value: unknown): [unknown, unknown][] | undefined {
  if (value === null || value === undefined || value instanceof GoNil) return [];
  if (Array.isArray(value)) return [...value.entries()];
  if (typeof value === "number" && Number.isInteger(value)) {
    return Array.from({ length: Math.max(value, 0) }, (_, i) => [i, i]);
  }
  if (typeof value !== "object" || value instanceof GoStruct) return undefined;
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}
