import { parseExactJson } from "./exact-json.ts";
import { goJson } from "./go-json.ts";
import { localTimestamp } from "./go-time.ts";
import { typed } from "./go-types/typed.ts";
import { template } from "./template.ts";

interface Event {
  /** Of containers and images, from engines that say everything twice. */
  readonly status?: string;
  readonly id?: string;
  readonly from?: string;
  readonly Type?: string;
  readonly Action?: string;
  readonly Actor?: { readonly ID?: string; readonly Attributes?: Readonly<Record<string, string>> };
  readonly scope?: string;
  readonly time?: number;
  /** Nanoseconds since 1970: more digits than a double has. */
  readonly timeNano?: number | bigint;
}

/** The text of one event as the engine sent it, in a line: for people, as JSON, or by a template. */
export function eventFormatter(format: string): (text: string) => string {
  if (format === "") return (text) => eventLine(parsed(text));
  if (format === "json") return (text) => goJson(wireEvent(parsed(text)));
  const words = "Error parsing format: ";
  const layout = template(format, { parseError: words, executeError: words, executeExitCode: 64 });
  return (text) => layout.format(typed("*events.Message", parsed(text)));
}

const parsed = (text: string) => parseExactJson(text) as Event;

/** `2026-11-21T16:31:43.935408668Z volume create v1 (driver=local)`, in the zone of this machine. */
function eventLine(event: Event): string {
  const { Actor: actor } = event;
  const attributes = Object.entries(sorted(actor?.Attributes)).map(([key, value]) => `${key}=${value}`);
  const details = attributes.length > 0 ? ` (${attributes.join(", ")})` : "";
  return `${timeOf(event)} ${event.Type} ${event.Action} ${actor?.ID}${details}`;
}

function timeOf({ time, timeNano }: Event): string {
  return localTimestamp(timeNano ? BigInt(timeNano) : BigInt(time ?? 0) * 1_000_000_000n);
}

function sorted(attributes: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** In Docker's order, without what Docker's program does not know. */
function wireEvent({ status, id, from, Type, Action, Actor, scope, time, timeNano }: Event) {
  return {
    ...(status && { status }),
    ...(id && { id }),
    ...(from && { from }),
    Type: Type ?? "",
    Action: Action ?? "",
    Actor: { ID: Actor?.ID ?? "", Attributes: Actor?.Attributes ? sorted(Actor.Attributes) : null },
    ...(scope && { scope }),
    ...(time && { time }),
    ...(timeNano && { timeNano }),
  };
}
