import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag, stringFlag } from "../../flags/flag.ts";
import { formatFlag } from "../../flags/format-flag.ts";
import { platformQuery } from "../../flags/platform-flag.ts";
import { tableWidth } from "../../format/fit-window.ts";
import { historyLayout, historyRow } from "../../format/rows/history.ts";
import { formatList } from "../../format/table.ts";

const flags = {
  format: formatFlag(),
  human: booleanFlag("Print sizes and dates in human readable format", { short: "H", initial: true }),
  "no-trunc": booleanFlag("Don't truncate output"),
  platform: stringFlag(
    `Show history for the given platform. Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")`,
  ),
  size: booleanFlag("Show how the image grows: sum up to each step, and each step's share"),
  quiet: booleanFlag("Only show image IDs", { short: "q" }),
};

export const historyCommand = command({
  usage: "history [OPTIONS] IMAGE",
  flags,
  arguments: [1, 1],
  async run({ values, positional: [name = ""] }, terminal, session) {
    const { human, format, quiet } = values;
    const engine = await session.engine();
    const platform = platformQuery(values.platform, await engine.version(), [1, 48]);
    const steps = await engine.call("ImageHistory", { params: { name }, query: { platform } });
    if (values.size) {
      const { historyWithSizes } = await import("./history-sizes.ts");
      terminal.out(historyWithSizes(steps, values["no-trunc"]));
      return exitCode.ok;
    }
    const rows = steps.map((step) => historyRow(step, { human, truncate: !values["no-trunc"] }));
    terminal.out(
      formatList(historyLayout(human), rows, { format, quiet, width: tableWidth(values["no-trunc"]) }),
    );
    return exitCode.ok;
  },
});
