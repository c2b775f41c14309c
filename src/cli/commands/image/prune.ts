import { command } from "../../command.ts";
import { confirm } from "../../confirm.ts";
import { exitCode } from "../../exit-code.ts";
import { filterFlag, filtersQuery } from "../../flags/filter-flag.ts";
import { booleanFlag } from "../../flags/flag.ts";
import { humanSize } from "../../format/human-size.ts";

const flags = {
  all: booleanFlag("Remove all unused images, not just dangling ones", { short: "a" }),
  filter: filterFlag('Provide filter values (e.g. "until=<timestamp>")'),
  force: booleanFlag("Do not prompt for confirmation", { short: "f" }),
};

const warning = (what: string) => `WARNING! This will remove ${what}.\nAre you sure you want to continue?`;
const warnings = {
  all: warning("all images without at least one container associated to them"),
  dangling: warning("all dangling images"),
};

export const pruneImagesCommand = command({
  usage: "image prune [OPTIONS]",
  flags,
  arguments: [0, 0],
  async run({ values: { all, filter, force } }, terminal, session) {
    if (!force && !(await confirm(all ? warnings.all : warnings.dangling, terminal))) return exitCode.failed;
    const engine = await session.engine();
    const filters = { ...filter, dangling: [...(filter.dangling ?? []), String(!all)] };
    const report = await engine.call("ImagePrune", { query: { filters: filtersQuery(filters) } });
    const deleted = report.ImagesDeleted ?? [];
    const lines = deleted.map((step) =>
      step.Untagged ? `untagged: ${step.Untagged}\n` : `deleted: ${step.Deleted}\n`,
    );
    if (lines.length > 0) terminal.out(`Deleted Images:\n${lines.join("")}\n`);
    terminal.out(`Total reclaimed space: ${humanSize(report.SpaceReclaimed ?? 0, 4)}\n`);
    return exitCode.ok;
  },
});
