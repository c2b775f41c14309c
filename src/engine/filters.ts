import { invalidArgument } from "../errors/engine-error.ts";

/** `label=a`, `status=running`, … by filter name; `label!` for negated ones in prune. */
export type Filters = ReadonlyMap<string, readonly string[]>;

/*
 * The ways Docker compares a list filter with a thing. A filter that was not given matches
 * everything; several values of one filter are alternatives, except labels, which add up.
 */

export function refuseUnknownFilters(filters: Filters, accepted: readonly string[]): void {
  for (const name of filters.keys()) {
    if (!accepted.includes(name)) throw invalidArgument(`invalid filter '${name}'`);
  }
}

export function filterValues(filters: Filters, name: string): readonly string[] {
  return filters.get(name) ?? [];
}

/** `true` or `1`, `false` or `0`; undefined when the filter is not given. */
export function booleanFilter(filters: Filters, name: string): boolean | undefined {
  const values = filters.get(name);
  if (values === undefined) return undefined;
  const yes = values.includes("1") || values.includes("true");
  const no = values.includes("0") || values.includes("false");
  if (yes === no) throw invalidArgument(`invalid filter '${name}=[${values.join(" ")}]'`);
  return yes;
}

export function matchesExactly(filters: Filters, name: string, text: string): boolean {
  const values = filterValues(filters, name);
  return values.length === 0 || values.includes(text);
}

export function matchesPrefix(filters: Filters, name: string, text: string): boolean {
  const values = filterValues(filters, name);
  return values.length === 0 || values.some((value) => text.startsWith(value));
}

/** Exactly, or as a regular expression found anywhere; a broken expression matches nothing. */
export function matchesPattern(filters: Filters, name: string, text: string): boolean {
  const values = filterValues(filters, name);
  return values.length === 0 || values.some((value) => value === text || isFound(value, text));
}

function isFound(pattern: string, text: string): boolean {
  const ignoreCase = pattern.startsWith("(?i)");
  try {
    return new RegExp(ignoreCase ? pattern.slice(4) : pattern, ignoreCase ? "i" : "").test(text);
  } catch {
    return false;
  }
}

/** Every `key` or `key=value` must be among the labels. */
export function matchesLabels(
  filters: Filters,
  name: string,
  labels: Readonly<Record<string, string>>,
): boolean {
  return filterValues(filters, name).every((wanted) => {
    const equals = wanted.indexOf("=");
    const key = equals < 0 ? wanted : wanted.slice(0, equals);
    if (!Object.hasOwn(labels, key)) return false;
    return equals < 0 || labels[key] === wanted.slice(equals + 1);
  });
}

/** `label!`: refuses what carries all the labels named. */
export function lacksLabels(
  filters: Filters,
  name: string,
  labels: Readonly<Record<string, string>>,
): boolean {
  return filterValues(filters, name).length === 0 || !matchesLabels(filters, name, labels);
}
