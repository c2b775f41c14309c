import { command } from "../../command.ts";
import { booleanFlag } from "../../flags/flag.ts";
import { inspectFormatFlag } from "../../flags/format-flag.ts";
import { inspectEach, inspectedTypes } from "../inspect-each.ts";

export const inspectContainersCommand = command({
  usage: "container inspect [OPTIONS] CONTAINER [CONTAINER...]",
  flags: {
    format: inspectFormatFlag(),
    size: booleanFlag("Display total file sizes", { short: "s" }),
  },
  arguments: [1, Number.POSITIVE_INFINITY],
  async run({ values: { format, size }, positional }, terminal, session) {
    const engine = await session.engine();
    const query = { size: size || undefined };
    return inspectEach(positional, format, terminal, engine, inspectedTypes.container, (id) =>
      engine.stream("ContainerInspect", { params: { id }, query }),
    );
  },
});
