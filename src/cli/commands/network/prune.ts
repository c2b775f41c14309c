import { command } from "../../command.ts";
import { confirm } from "../../confirm.ts";
import { exitCode } from "../../exit-code.ts";
import { filterFlag, filtersQuery } from "../../flags/filter-flag.ts";
import { booleanFlag } from "../../flags/flag.ts";

const flags = {
  filter: filterFlag('Provide filter values (e.g. "until=<timestamp>")'),
  force: booleanFlag("Do not prompt for confirmation", { short: "f" }),
};

const warning =
  "WARNING! This will remove all custom networks not used by at least one container.\nAre you sure you want to continue?";

export const pruneNetworksCommand = command({
  usage: "network prune [OPTIONS]",
  flags,
  arguments: [0, 0],
  async run({ values }, terminal, session) {
    if (!values.force && !(await confirm(warning, terminal))) return exitCode.failed;
    const engine = await session.engine();
    const report = await engine.call("NetworkPrune", { query: { filters: filtersQuery(values.filter) } });
    const deleted = report.NetworksDeleted ?? [];
    if (deleted.length > 0)
      terminal.out(`Deleted Networks:\n${deleted.map((name) => `${name}\n`).join("")}\n`);
    return exitCode.ok;
  },
});
