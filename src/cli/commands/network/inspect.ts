import { command } from "../../command.ts";
import { booleanFlag } from "../../flags/flag.ts";
import { inspectFormatFlag } from "../../flags/format-flag.ts";
import { inspectEach, inspectedTypes } from "../inspect-each.ts";

const flags = {
  format: inspectFormatFlag(),
  verbose: booleanFlag("Verbose output for diagnostics", { short: "v" }),
};

export const inspectNetworksCommand = command({
  usage: "network inspect [OPTIONS] NETWORK [NETWORK...]",
  flags,
  arguments: [1, Number.POSITIVE_INFINITY],
  async run({ values: { format, verbose }, positional }, terminal, session) {
    const engine = await session.engine();
    const query = { verbose: verbose || undefined };
    return inspectEach(positional, format, terminal, engine, inspectedTypes.network, (id) =>
      engine.stream("NetworkInspect", { params: { id }, query }),
    );
  },
});
