import { invalidArgument } from "../errors/engine-error.ts";

/**
 * The `filters` query: JSON of `{"label":["a","b"]}` (newer clients send
 * `{"label":{"a":true,"b":true}}`). False values mean the term is not set.
 */
export type FilterMap = ReadonlyMap<string, readonly string[]>;

export function parseFilters(text: string | null | undefined): FilterMap {
  if (text === null || text === undefined || text === "") return new Map();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalidArgument("invalid filter", cause);
  }
  if (value === null) return new Map();
  if (typeof value !== "object" || Array.isArray(value)) throw invalidArgument("invalid filter");
  const filters = new Map<string, readonly string[]>();
  for (const [name, terms] of Object.entries(value)) {
    const list = termsOf(terms);
    if (list.length > 0) filters.set(name, list);
  }
  return filters;
}

function termsOf(terms: unknown): string[] {
  if (terms === null) return [];
  if (typeof terms !== "object") throw invalidArgument("invalid filter");
  if (Array.isArray(terms)) {
    if (!terms.every((term) => typeof term === "string")) throw invalidArgument("invalid filter");
    return terms;
  }
  const entries = Object.entries(terms);
  if (!entries.every(([, set]) => typeof set === "boolean")) throw invalidArgument("invalid filter");
  return entries.filter(([, set]) => set).map(([term]) => term);
}

/** Throws Docker's sentence for a filter this list does not know. */
export function checkFilterNames(filters: FilterMap, accepted: readonly string[]): void {
  for (const name of filters.keys()) {
    if (!accepted.includes(name)) throw invalidArgument(`invalid filter '${name}'`);
  }
}

export function encodeFilters(filters: FilterMap): string {
  const object: Record<string, Record<string, true>> = {};
  for (const [name, terms] of filters) {
    object[name] = Object.fromEntries(terms.map((term) => [term, true as const]));
  }
  return JSON.stringify(object);
}
