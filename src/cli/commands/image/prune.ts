import type { EngineClient } from "../../../client/engine-client.ts";
import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { type Filters, filterFlag, filtersQuery } from "../../flags/filter-flag.ts";
import { booleanFlag } from "../../flags/flag.ts";
import type { PruneWish } from "../../prune-plan/plan.ts";
import { agreed, deletedText, type Pruned, pruneFilters, reclaimedText } from "../prune.ts";

const flags = {
  all: booleanFlag("Remove all unused images, not just dangling ones", { short: "a" }),
  filter: filterFlag('Provide filter values (e.g. "until=<timestamp>")'),
  force: booleanFlag("Do not prompt for confirmation", { short: "f" }),
};

const warning = (what: string) => `WARNING! This will remove ${what}.`;
const warnings = {
  all: warning("all images without at least one container associated to them"),
  dangling: warning("all dangling images"),
};

export const pruneImagesCommand = command({
  usage: "image prune [OPTIONS]",
  flags,
  arguments: [0, 0],
  async run({ values: { all, filter, force } }, terminal, session) {
    const filters = pruneFilters(filter, await session.config());
    const wish: PruneWish = { only: "images", all, volumes: false, filters };
    const asked = all ? warnings.all : warnings.dangling;
    if (!(await agreed(asked, force, terminal, session, wish))) return exitCode.ok;
    const { text, bytes } = await pruneImages(await session.engine(), all, filters);
    terminal.out(text + reclaimedText(bytes));
    return exitCode.ok;
  },
});

export async function pruneImages(engine: EngineClient, all: boolean, given: Filters): Promise<Pruned> {
  const filters = { ...given, dangling: [...(given.dangling ?? []), String(!all)] };
  const report = await engine.call("ImagePrune", { query: { filters: filtersQuery(filters) } });
  const steps = (report.ImagesDeleted ?? []).map((step) =>
    step.Untagged ? `untagged: ${step.Untagged}` : `deleted: ${step.Deleted}`,
  );
  return { text: deletedText("Images", steps), bytes: report.SpaceReclaimed ?? 0 };
}
