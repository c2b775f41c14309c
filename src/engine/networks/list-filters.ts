import { invalidArgument } from "../../errors/engine-error.ts";
import type { NetworkRecord } from "../../records/network-record.ts";
import type { Filters } from "../filters.ts";
import {
  filterValues,
  matchesExactly,
  matchesLabels,
  matchesPattern,
  refuseUnknownFilters,
} from "../filters.ts";
import { isPredefinedNetwork } from "./predefined.ts";

const accepted = ["dangling", "driver", "id", "label", "name", "scope", "type"];

/** What `docker network ls` shows. `isUsed` tells whether a container is attached to a network now. */
export function selectNetworks(
  networks: readonly NetworkRecord[],
  filters: Filters,
  isUsed: (id: string) => boolean,
): NetworkRecord[] {
  refuseUnknownFilters(filters, accepted);
  const dangling = danglingFilter(filters);
  const type = typeFilter(filters);
  return networks.filter((network) => {
    const builtin = isPredefinedNetwork(network.name);
    return (
      matchesExactly(filters, "driver", network.driver) &&
      matchesPattern(filters, "name", network.name) &&
      matchesPattern(filters, "id", network.id) &&
      matchesLabels(filters, "label", network.labels) &&
      matchesExactly(filters, "scope", network.scope) &&
      (type.size === 0 || type.has(builtin ? "builtin" : "custom")) &&
      (dangling === undefined || dangling === (!builtin && !isUsed(network.id)))
    );
  });
}

function danglingFilter(filters: Filters): boolean | undefined {
  const values = filterValues(filters, "dangling");
  const [value] = values;
  if (value === undefined) return undefined;
  if (values.length > 1) throw invalidArgument('got more than one value for filter key "dangling"');
  if (value === "1" || value === "true") return true;
  if (value === "0" || value === "false") return false;
  throw invalidArgument(`invalid value for filter 'dangling', must be "true" (or "1"), or "false" (or "0")`);
}

function typeFilter(filters: Filters): ReadonlySet<string> {
  const values = filterValues(filters, "type");
  for (const value of values) {
    if (value !== "builtin" && value !== "custom") {
      throw invalidArgument(`invalid filter: 'type'='${value}'`);
    }
  }
  return new Set(values);
}
