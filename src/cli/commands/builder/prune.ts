import { command } from "../../command.ts";
import { confirm } from "../../confirm.ts";
import { exitCode } from "../../exit-code.ts";
import { bytesFlag } from "../../flags/container/number-flags.ts";
import { filterFlag, filtersQuery } from "../../flags/filter-flag.ts";
import { booleanFlag } from "../../flags/flag.ts";
import { humanSize } from "../../format/human-size.ts";
import type { PruneWish } from "../../prune-plan/plan.ts";
import { sizesForPeople } from "../prune.ts";

const warning = (what: string) =>
  `WARNING! This will remove all ${what}build cache. Are you sure you want to continue?`;

export const pruneBuilderCommand = command({
  usage: "builder prune [OPTIONS]",
  flags: {
    all: booleanFlag("Remove all unused build cache, not just dangling ones", { short: "a" }),
    filter: filterFlag('Provide filter values (e.g. "until=24h")'),
    force: booleanFlag("Do not prompt for confirmation", { short: "f" }),
    "keep-storage": bytesFlag("Amount of disk space to keep for cache"),
    "max-used-space": bytesFlag("Maximum amount of disk space allowed to keep for cache"),
    "min-free-space": bytesFlag("Target amount of free disk space after pruning"),
    "reserved-space": bytesFlag("Amount of disk space always allowed to keep for cache"),
  },
  arguments: [0, 0],
  async run({ values }, terminal, session) {
    const { all, force } = values;
    if (!force) {
      const limits = ["keep-storage", "max-used-space", "min-free-space", "reserved-space"] as const;
      const wish: PruneWish = { only: "cache", all, volumes: false, filters: values.filter };
      const sizes = limits.some((name) => values[name] > 0) ? "" : await sizesForPeople(session, wish);
      if (!(await confirm(sizes + warning(all ? "" : "dangling "), terminal))) return exitCode.failed;
    }
    const engine = await session.engine();
    const kept = values["reserved-space"] || values["keep-storage"];
    const report = await engine.call("BuildPrune", {
      query: {
        all: all || undefined,
        filters: filtersQuery(values.filter),
        "reserved-space": kept || undefined,
        "keep-storage": kept || undefined,
        "max-used-space": values["max-used-space"] || undefined,
        "min-free-space": values["min-free-space"] || undefined,
      },
    });
    const deleted = report.CachesDeleted ?? [];
    if (deleted.length > 0) terminal.out(`Deleted build cache objects:\n${deleted.join("\n")}\n\n`);
    terminal.out(`Total reclaimed space: ${humanSize(report.SpaceReclaimed ?? 0, 4)}\n`);
    return exitCode.ok;
  },
});
