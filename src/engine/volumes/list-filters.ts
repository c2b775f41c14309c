import type { VolumeRecord } from "../../records/volume-record.ts";
import type { Filters } from "../filters.ts";
import {
  booleanFilter,
  matchesExactly,
  matchesLabels,
  matchesPattern,
  refuseUnknownFilters,
} from "../filters.ts";

const accepted = ["dangling", "driver", "label", "name"];

/** What `docker volume ls` shows. `isUsed` tells whether any container, running or not, refers to a volume. */
export function selectVolumes(
  volumes: readonly VolumeRecord[],
  filters: Filters,
  isUsed: (name: string) => boolean,
): VolumeRecord[] {
  refuseUnknownFilters(filters, accepted);
  const dangling = booleanFilter(filters, "dangling");
  return volumes.filter(
    (volume) =>
      matchesExactly(filters, "driver", volume.driver) &&
      matchesPattern(filters, "name", volume.name) &&
      matchesLabels(filters, "label", volume.labels) &&
      (dangling === undefined || isUsed(volume.name) !== dangling),
  );
}
