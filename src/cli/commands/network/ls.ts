import type { Network } from "../../../protocol/generated/types.ts";
import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { filterFlag, filtersQuery } from "../../flags/filter-flag.ts";
import { booleanFlag } from "../../flags/flag.ts";
import { formatFlag } from "../../flags/format-flag.ts";
import { tableWidth } from "../../format/fit-window.ts";
import { goUtcTime } from "../../format/go-time.ts";
import { labelFunction, labelHead, labelsText, shortId } from "../../format/shorten.ts";
import { formatList, type ListLayout, type Row } from "../../format/table.ts";

const flags = {
  filter: filterFlag('Provide filter values (e.g. "driver=bridge")', "f"),
  format: formatFlag(),
  "no-trunc": booleanFlag("Do not truncate the output"),
  quiet: booleanFlag("Only display network IDs", { short: "q" }),
};

const layout: ListLayout = {
  columns: "{{.ID}}\\t{{.Name}}\\t{{.Driver}}\\t{{.Scope}}",
  quiet: "{{.ID}}",
  headers: {
    ID: "NETWORK ID",
    Name: "NAME",
    Driver: "DRIVER",
    Scope: "SCOPE",
    IPv4: "IPV4",
    IPv6: "IPV6",
    Internal: "INTERNAL",
    Labels: "LABELS",
    CreatedAt: "CREATED AT",
    Label: labelHead,
  },
  typeName: "*network.networkContext",
};

export const listNetworksCommand = command({
  usage: "network ls [OPTIONS]",
  flags,
  arguments: [0, 0],
  async run({ values }, terminal, session) {
    const engine = await session.engine();
    const networks = await engine.call("NetworkList", { query: { filters: filtersQuery(values.filter) } });
    const order = new Intl.Collator("en", { numeric: true });
    const rows = networks
      .toSorted((a, b) => order.compare(a.Name ?? "", b.Name ?? ""))
      .map((network) => rowOf(network, !values["no-trunc"]));
    const { quiet } = values;
    const format = values.format || (quiet ? "" : ((await session.config()).networksFormat ?? ""));
    terminal.out(formatList(layout, rows, { format, quiet, width: tableWidth(values["no-trunc"]) }));
    return exitCode.ok;
  },
});

function rowOf(network: Network, truncate: boolean): Row {
  const id = network.Id ?? "";
  return {
    CreatedAt: goUtcTime(network.Created ?? ""),
    Driver: network.Driver ?? "",
    ID: truncate ? shortId(id) : id,
    IPv4: String(network.EnableIPv4 ?? false),
    IPv6: String(network.EnableIPv6 ?? false),
    Internal: String(network.Internal ?? false),
    Label: labelFunction(network.Labels),
    Labels: labelsText(network.Labels),
    Name: network.Name ?? "",
    Scope: network.Scope ?? "",
  };
}
