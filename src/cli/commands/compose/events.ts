import { jsonTexts } from "../../../client/json-messages.ts";
import { labels } from "../../../compose/labels.ts";
import { command } from "../../command.ts";
import { dryRunFlag } from "../../compose/deed-flags.ts";
import { openProjectName } from "../../compose/open-project.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag, stringFlag } from "../../flags/flag.ts";
import { moment } from "../../flags/moment.ts";
import { parseExactJson } from "../../format/exact-json.ts";
import { goJson } from "../../format/go-json.ts";
import { localTimestamp } from "../../format/go-time.ts";
import { interruptible } from "../../interruptible.ts";

const flags = {
  "dry-run": dryRunFlag,
  json: booleanFlag("Output events as a stream of json objects"),
  since: stringFlag("Show all events created since timestamp"),
  until: stringFlag("Stream events until this timestamp"),
};

export const composeEventsCommand = command({
  usage: "events [OPTIONS] [SERVICE...]",
  flags,
  arguments: [0, Number.POSITIVE_INFINITY],
  complete: ["services"],
  manual: {
    about: "Tells what happens to the containers of a project, those of run aside, until Ctrl-C.",
    examples: [
      ["For programs", "hull compose events --json"],
      ["What happened in the last ten minutes", "hull compose events --since 10m --until 0s web"],
    ],
    also: ["events"],
  },
  async run({ values, positional: services }, terminal, session) {
    const name = await openProjectName(terminal, session);
    const query = {
      since: moment(values.since),
      until: moment(values.until),
      filters: JSON.stringify({ label: [`${labels.project}=${name.toLowerCase()}`] }),
    };
    const engine = await session.engine();
    return interruptible(async (signal) => {
      const response = await engine.stream("SystemEvents", { query, signal });
      for await (const text of jsonTexts(response.body)) {
        const event = parseExactJson(text) as Event;
        if (isShown(event, services)) terminal.out(values.json ? jsonLine(event) : textLine(event));
      }
      return exitCode.ok;
    });
  },
});

interface Event {
  readonly Type?: string;
  readonly Action?: string;
  readonly Actor?: { readonly ID?: string; readonly Attributes?: Readonly<Record<string, string>> };
  readonly time?: number;
  /** More digits than a double has. */
  readonly timeNano?: number | bigint;
}

function isShown({ Type: type, Actor: actor }: Event, services: readonly string[]): boolean {
  const attributes = actor?.Attributes ?? {};
  if (type !== "container" || attributes[labels.oneOff] === "True") return false;
  return services.length === 0 || services.includes(attributes[labels.service] ?? "");
}

/** Compose's own labels say what is known. */
function attributesOf({ Actor: actor }: Event): Record<string, string> {
  const all = Object.entries(actor?.Attributes ?? {});
  const its = all.filter(([key]) => !key.startsWith("com.docker.compose."));
  return Object.fromEntries(its.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function timeOf({ time, timeNano }: Event): string {
  return localTimestamp(timeNano ? BigInt(timeNano) : BigInt(time ?? 0) * 1_000_000_000n);
}

/** Two line ends, as Docker Compose has it. */
function textLine(event: Event): string {
  const { Action: action, Actor: actor } = event;
  const attributes = Object.entries(attributesOf(event)).map(([key, value]) => `${key}=${value}`);
  const time = timeOf(event).slice(0, 26).replace("T", " ");
  return `${time} container ${action} ${actor?.ID} (${attributes.join(", ")})\n\n`;
}

function jsonLine(event: Event): string {
  const { Action: action, Actor: actor } = event;
  return `${goJson({
    action,
    attributes: attributesOf(event),
    id: actor?.ID,
    service: actor?.Attributes?.[labels.service] ?? "",
    // Go leaves out zeros at the end of a fraction.
    time: timeOf(event).replace(/\.?0+(?=[Z+-]|$)/, ""),
    type: "container",
  })}\n`;
}
