import { jsonTexts } from "../../../client/json-messages.ts";
import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { filterFlag, filtersQuery } from "../../flags/filter-flag.ts";
import { stringFlag } from "../../flags/flag.ts";
import { inspectFormatFlag } from "../../flags/format-flag.ts";
import { moment } from "../../flags/moment.ts";
import { eventFormatter } from "../../format/event.ts";
import { interruptible } from "../../interruptible.ts";

const flags = {
  filter: filterFlag("Filter output based on conditions provided", "f"),
  format: { ...inspectFormatFlag(), short: "" },
  since: stringFlag("Show all events created since timestamp"),
  until: stringFlag("Stream events until this timestamp"),
};

export const eventsCommand = command({
  usage: "events [OPTIONS]",
  flags,
  arguments: [0, 0],
  async run({ values }, terminal, session) {
    const line = eventFormatter(values.format);
    const query = {
      since: moment(values.since),
      until: moment(values.until),
      filters: filtersQuery(values.filter),
    };
    const engine = await session.engine();
    return interruptible(async (signal) => {
      const response = await engine.stream("SystemEvents", { query, signal });
      for await (const text of jsonTexts(response.body)) terminal.out(`${line(text)}\n`);
      return exitCode.ok;
    });
  },
});
