import { command } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import { filterFlag, filtersQuery } from "../flags/filter-flag.ts";
import { booleanFlag, integerFlag } from "../flags/flag.ts";
import { formatFlag } from "../flags/format-flag.ts";
import { tableWidth } from "../format/fit-window.ts";
import { containerLayout, containerRow } from "../format/rows/containers.ts";
import { formatList } from "../format/table.ts";

const flags = {
  all: booleanFlag("Show all containers (default shows just running)", { short: "a" }),
  filter: filterFlag("Filter output based on conditions provided", "f"),
  format: formatFlag(),
  last: integerFlag("Show n last created containers (includes all states)", { short: "n", initial: -1 }),
  latest: booleanFlag("Show the latest created container (includes all states)", { short: "l" }),
  "no-trunc": booleanFlag("Don't truncate output"),
  quiet: booleanFlag("Only display container IDs", { short: "q" }),
  size: booleanFlag("Display total file sizes", { short: "s" }),
};

export const psCommand = command({
  usage: "ps [OPTIONS]",
  flags,
  arguments: [0, 0],
  async run({ values, given }, terminal, session) {
    const engine = await session.engine();
    const { quiet } = values;
    const format = values.format || (quiet ? "" : ((await session.config()).psFormat ?? ""));
    if (quiet && given.has("format")) {
      terminal.err("WARNING: Ignoring custom format, because both --format and --quiet are set.\n");
    }
    // Sizes are costly: they are asked for when they are shown.
    const size = values.size || (!quiet && /\.Size\b|\{\{\s*json\s+\.\s*\}\}/.test(format));
    const limit = values.latest && values.last < 0 ? 1 : values.last;
    const containers = await engine.call("ContainerList", {
      query: {
        all: values.all || undefined,
        limit: limit > 0 ? limit : undefined,
        size: size || undefined,
        filters: filtersQuery(values.filter),
      },
    });
    const rows = containers.map((container) => containerRow(container, !values["no-trunc"]));
    terminal.out(
      formatList(containerLayout(values.size), rows, {
        format: quiet ? "table" : format,
        quiet,
        width: tableWidth(values["no-trunc"]),
      }),
    );
    return exitCode.ok;
  },
});
