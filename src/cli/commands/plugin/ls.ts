import type { Plugin } from "../../../protocol/generated/types.ts";
import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { filterFlag, filtersQuery } from "../../flags/filter-flag.ts";
import { booleanFlag } from "../../flags/flag.ts";
import { formatFlag } from "../../flags/format-flag.ts";
import { ellipsis, shortId } from "../../format/shorten.ts";
import { formatList, type ListLayout, type Row } from "../../format/table.ts";

const flags = {
  filter: filterFlag('Provide filter values (e.g. "enabled=true")', "f"),
  format: formatFlag(),
  "no-trunc": booleanFlag("Don't truncate output"),
  quiet: booleanFlag("Only display plugin IDs", { short: "q" }),
};

const layout: ListLayout = {
  columns: "{{.ID}}\\t{{.Name}}\\t{{.Description}}\\t{{.Enabled}}",
  quiet: "{{.ID}}",
  headers: {
    ID: "ID",
    Name: "NAME",
    Description: "DESCRIPTION",
    Enabled: "ENABLED",
    PluginReference: "PLUGIN REFERENCE",
  },
  typeName: "*plugin.pluginContext",
};

export const listPluginsCommand = command({
  usage: "plugin ls [OPTIONS]",
  flags,
  arguments: [0, 0],
  async run({ values }, terminal, session) {
    const engine = await session.engine();
    const plugins = await engine.call("PluginList", { query: { filters: filtersQuery(values.filter) } });
    const order = new Intl.Collator("en", { numeric: true });
    const rows = plugins
      .toSorted((a, b) => order.compare(a.Name, b.Name))
      .map((plugin) => rowOf(plugin, !values["no-trunc"]));
    const { quiet } = values;
    const format = values.format || (quiet ? "" : ((await session.config()).pluginsFormat ?? ""));
    terminal.out(formatList(layout, rows, { format, quiet }));
    return exitCode.ok;
  },
});

function rowOf(plugin: Plugin, truncate: boolean): Row {
  const id = plugin.Id ?? "";
  const description = (plugin.Config?.Description ?? "").replace(/[\n\r]/g, "");
  return {
    ID: truncate ? shortId(id) : id,
    Name: plugin.Name,
    Description: truncate ? ellipsis(description, 45) : description,
    Enabled: plugin.Enabled,
    PluginReference: plugin.PluginReference ?? "",
  };
}
