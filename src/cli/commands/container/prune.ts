import type { EngineClient } from "../../../client/engine-client.ts";
import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { type Filters, filterFlag, filtersQuery } from "../../flags/filter-flag.ts";
import { booleanFlag } from "../../flags/flag.ts";
import type { PruneWish } from "../../prune-plan/plan.ts";
import { agreed, deletedText, type Pruned, pruneFilters, reclaimedText } from "../prune.ts";

const flags = {
  filter: filterFlag('Provide filter values (e.g. "until=<timestamp>")'),
  force: booleanFlag("Do not prompt for confirmation", { short: "f" }),
};

const warning = "WARNING! This will remove all stopped containers.";

export const pruneContainersCommand = command({
  usage: "container prune [OPTIONS]",
  flags,
  arguments: [0, 0],
  async run({ values: { filter, force } }, terminal, session) {
    const filters = pruneFilters(filter, await session.config());
    const wish: PruneWish = { only: "containers", all: false, volumes: false, filters };
    if (!(await agreed(warning, force, terminal, session, wish))) return exitCode.ok;
    const { text, bytes } = await pruneContainers(await session.engine(), filters);
    terminal.out(text + reclaimedText(bytes));
    return exitCode.ok;
  },
});

export async function pruneContainers(engine: EngineClient, filters: Filters): Promise<Pruned> {
  const report = await engine.call("ContainerPrune", { query: { filters: filtersQuery(filters) } });
  return {
    text: deletedText("Containers", report.ContainersDeleted ?? []),
    bytes: report.SpaceReclaimed ?? 0,
  };
}
