import { invalidArgument } from "../errors/engine-error.ts";

/** A boolean query value as Docker reads it: anything but these few words is true. */
export function queryFlag(query: URLSearchParams, name: string, otherwise = false): boolean {
  const value = query.get(name);
  if (value === null) return otherwise;
  return !["", "no", "false", "none", "0"].includes(value.trim().toLowerCase());
}

export function queryInteger(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null || value === "") return undefined;
  if (!/^[+-]?\d+$/.test(value)) {
    throw invalidArgument(
      `invalid value for ${name}: strconv.Atoi: parsing ${JSON.stringify(value)}: invalid syntax`,
    );
  }
  const number = Number(value);
  if (!Number.isSafeInteger(number)) {
    throw invalidArgument(
      `invalid value for ${name}: strconv.Atoi: parsing ${JSON.stringify(value)}: value out of range`,
    );
  }
  return number;
}

/** A text value; empty counts as absent, as everywhere in this API. */
export function queryText(query: URLSearchParams, name: string): string | undefined {
  return query.get(name) || undefined;
}
