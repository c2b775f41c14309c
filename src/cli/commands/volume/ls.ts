import { notImplemented } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { filterFlag, filtersQuery } from "../../flags/filter-flag.ts";
import { booleanFlag } from "../../flags/flag.ts";
import { formatFlag } from "../../flags/format-flag.ts";
import { tableWidth } from "../../format/fit-window.ts";
import { volumeLayout, volumeRow } from "../../format/rows/volumes.ts";
import { formatList } from "../../format/table.ts";

const flags = {
  cluster: booleanFlag("Display only cluster volumes, and use cluster volume list formatting"),
  filter: filterFlag('Provide filter values (e.g. "dangling=true")', "f"),
  format: formatFlag(),
  quiet: booleanFlag("Only display volume names", { short: "q" }),
};

export const listVolumesCommand = command({
  usage: "volume ls [OPTIONS]",
  flags,
  arguments: [0, 0],
  async run({ values }, terminal, session) {
    if (values.cluster) throw notImplemented("--cluster is for a swarm, and Hull works on one machine");
    const engine = await session.engine();
    const query = { filters: filtersQuery(values.filter) };
    const { Volumes: volumes } = await engine.call("VolumeList", { query });
    const order = new Intl.Collator("en", { numeric: true });
    const rows = (volumes ?? [])
      .toSorted((a, b) => order.compare(a.Name, b.Name))
      .map((volume) => volumeRow(volume));
    const { quiet } = values;
    const format = values.format || (quiet ? "" : ((await session.config()).volumesFormat ?? ""));
    terminal.out(formatList(volumeLayout, rows, { format, quiet, width: tableWidth(false) }));
    return exitCode.ok;
  },
});
