import type { Filters } from "../filters.ts";
import {
  filterValues,
  matchesExactly,
  matchesLabels,
  matchesPrefix,
  refuseUnknownFilters,
} from "../filters.ts";
import { withoutTag } from "../images/list-filters.ts";
import type { EngineEvent } from "./event.ts";

const accepted =
  "builder config container daemon event image label network node plugin scope secret service type volume".split(
    " ",
  );
/** Filters that name an object: they look at every event's actor, whatever its type. */
const nouns = [
  "builder",
  "config",
  "container",
  "daemon",
  "network",
  "node",
  "plugin",
  "secret",
  "service",
  "volume",
];
/** Actions that carry detail after a colon, `exec_start: ls`; asked for without it they match any detail. */
const detailed = ["health_status", "exec_create", "exec_start"];

export function checkEventFilters(filters: Filters): void {
  refuseUnknownFilters(filters, accepted);
}

export function matchesEvent(event: EngineEvent, filters: Filters): boolean {
  return (
    matchesAction(event, filters) &&
    matchesExactly(filters, "type", event.type) &&
    // One machine: whatever happens, happens here.
    matchesExactly(filters, "scope", "local") &&
    nouns.every((noun) => matchesActor(event, filters, noun)) &&
    matchesImage(event, filters) &&
    matchesLabels(filters, "label", event.actor.attributes)
  );
}

function matchesAction(event: EngineEvent, filters: Filters): boolean {
  return filterValues(filters, "event").some((value) => detailed.includes(value))
    ? matchesPrefix(filters, "event", event.action)
    : matchesExactly(filters, "event", event.action);
}

function matchesActor({ actor }: EngineEvent, filters: Filters, noun: string): boolean {
  return matchesPrefix(filters, noun, actor.id) || matchesPrefix(filters, noun, actor.attributes.name ?? "");
}

/** Events of the image itself and of containers that stand on it, by name with or without tag, or id. */
function matchesImage({ type, actor }: EngineEvent, filters: Filters): boolean {
  const name = actor.attributes[type === "image" ? "name" : "image"] ?? "";
  return [actor.id, name, withoutTag(actor.id), withoutTag(name)].some((text) =>
    matchesExactly(filters, "image", text),
  );
}
