import { command } from "../../command.ts";
import { inspectFormatFlag } from "../../flags/format-flag.ts";
import { inspectEach } from "../inspect-each.ts";

export const inspectPluginsCommand = command({
  usage: "plugin inspect [OPTIONS] PLUGIN [PLUGIN...]",
  flags: { format: inspectFormatFlag() },
  arguments: [1, Number.POSITIVE_INFINITY],
  async run({ values: { format }, positional }, terminal, session) {
    const engine = await session.engine();
    return inspectEach(positional, format, terminal, engine, undefined, (name) =>
      engine.stream("PluginInspect", { params: { name } }),
    );
  },
});
