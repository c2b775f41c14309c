import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag } from "../../flags/flag.ts";
import { formatFlag } from "../../flags/format-flag.ts";
import { diskUsageLayout, diskUsageRows } from "../../format/rows/disk-usage.ts";
import { formatList } from "../../format/table.ts";

const flags = {
  format: formatFlag(),
  verbose: booleanFlag("Show detailed information on space usage", { short: "v" }),
};

export const diskUsageCommand = command({
  usage: "system df [OPTIONS]",
  flags,
  arguments: [0, 0],
  async run({ values: { format, verbose } }, terminal, session) {
    const engine = await session.engine();
    const usage = await engine.call("SystemDataUsage");
    if (verbose) {
      const { diskPartsText } = await import("../../format/disk-parts.ts");
      const { formatDiskUsageDetails } = await import("../../format/disk-usage-details.ts");
      terminal.out(formatDiskUsageDetails(usage, format));
      if (format === "") terminal.out(await diskPartsText(engine));
    } else terminal.out(formatList(diskUsageLayout, diskUsageRows(usage), { format }));
    return exitCode.ok;
  },
});
