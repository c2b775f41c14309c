import { invalidArgument } from "../errors/engine-error.ts";
import type { Filters } from "./filters.ts";
import { booleanFilter, filterValues, lacksLabels, matchesLabels, refuseUnknownFilters } from "./filters.ts";
import { nanosOf, parseMoment } from "./moments.ts";

const accepted = {
  container: ["label", "label!", "until"],
  network: ["label", "label!", "until"],
  image: ["dangling", "label", "label!", "until"],
  volume: ["all", "label", "label!"],
} as const;

export interface PruneFilter {
  /** Images: only those without a tag (the default), or all that no container uses. */
  readonly danglingOnly: boolean;
  /** Volumes: named ones too, not only anonymous ones. */
  readonly all: boolean;
  /** `created` is RFC 3339; empty for an unknown time, which no `until` covers. */
  matches(item: { readonly labels: Readonly<Record<string, string>>; readonly created: string }): boolean;
}

export function parsePruneFilters(
  noun: keyof typeof accepted,
  filters: Filters,
  nowMs: number = Date.now(),
): PruneFilter {
  refuseUnknownFilters(filters, accepted[noun]);
  const until = parseUntil(filters, nowMs);
  return {
    danglingOnly: booleanFilter(filters, "dangling") ?? true,
    all: parseAll(filters),
    matches: ({ labels, created }) =>
      matchesLabels(filters, "label", labels) &&
      lacksLabels(filters, "label!", labels) &&
      (until === undefined || (created !== "" && nanosOf(created) <= until)),
  };
}

function parseUntil(filters: Filters, nowMs: number): bigint | undefined {
  const [text, ...more] = filterValues(filters, "until");
  if (more.length > 0) throw invalidArgument("more than one until filter specified");
  return text === undefined ? undefined : parseMoment(text, BigInt(nowMs) * 1_000_000n);
}

function parseAll(filters: Filters): boolean {
  const values = filterValues(filters, "all");
  const [value] = values;
  if (value === undefined) return false;
  if (values.length > 1) {
    throw invalidArgument(`invalid filter 'all=[${values.join(" ")}]': only one value is expected`);
  }
  if (/^(?:1|t|true)$/i.test(value)) return true;
  if (/^(?:0|f|false)$/i.test(value)) return false;
  const reason = `strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`;
  throw invalidArgument(`invalid filter 'all': ${reason}`);
}
