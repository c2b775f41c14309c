import type { EngineClient } from "../../../client/engine-client.ts";
import { invalidArgument } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { isSince, requireApiVersion } from "../../flags/api-version.ts";
import { type Filters, filterFlag, filtersQuery } from "../../flags/filter-flag.ts";
import { booleanFlag } from "../../flags/flag.ts";
import type { PruneWish } from "../../prune-plan/plan.ts";
import { agreed, deletedText, type Pruned, pruneFilters, reclaimedText } from "../prune.ts";

const flags = {
  all: booleanFlag("Remove all unused volumes, not just anonymous ones", { short: "a" }),
  filter: filterFlag('Provide filter values (e.g. "label=<label>")'),
  force: booleanFlag("Do not prompt for confirmation", { short: "f" }),
};

const warning = (what: string) =>
  `WARNING! This will remove ${what} volumes not used by at least one container.`;

export const pruneVolumesCommand = command({
  usage: "volume prune [OPTIONS]",
  flags,
  arguments: [0, 0],
  async run({ values: { all, filter, force } }, terminal, session) {
    const filters = pruneFilters(filter, await session.config());
    const engine = await session.engine();
    const version = await engine.version();
    if (all) requireApiVersion(version, [1, 42], '"--all"');
    if (all && filters.all) {
      throw invalidArgument("conflicting options: cannot specify both --all and --filter all=1");
    }
    const wanted = all ? { ...filters, all: ["true"] } : filters;
    // Older engines know no difference.
    const every = all || !isSince(version, [1, 42]);
    const wish: PruneWish = { only: "volumes", all: every, volumes: true, filters };
    const what = every ? "all local" : "anonymous local";
    if (!(await agreed(warning(what), force, terminal, session, wish))) return exitCode.ok;
    const { text, bytes } = await pruneVolumes(engine, wanted);
    terminal.out(text + reclaimedText(bytes));
    return exitCode.ok;
  },
});

export async function pruneVolumes(engine: EngineClient, filters: Filters): Promise<Pruned> {
  const report = await engine.call("VolumePrune", { query: { filters: filtersQuery(filters) } });
  return { text: deletedText("Volumes", report.VolumesDeleted ?? []), bytes: report.SpaceReclaimed ?? 0 };
}
