import { labels } from "../../../compose/labels.ts";
import { command } from "../../command.ts";
import { dryRunFlag } from "../../compose/deed-flags.ts";
import { openProjectName } from "../../compose/open-project.ts";
import { booleanFlag, stringFlag } from "../../flags/flag.ts";
import { formatFlag } from "../../flags/format-flag.ts";
import { showStats } from "../../stats/show-stats.ts";

const flags = {
  "dry-run": dryRunFlag,
  all: booleanFlag("Show all containers (default shows just running)", { short: "a" }),
  format: stringFlag(
    formatFlag().help.replace("docs.docker.com/go/formatting", "docs.docker.com/engine/cli/formatting"),
  ),
  "no-stream": booleanFlag("Disable streaming stats and only pull the first result"),
  "no-trunc": booleanFlag("Do not truncate output"),
};

export const composeStatsCommand = command({
  usage: "stats [OPTIONS] [SERVICE]",
  flags,
  arguments: [0, 1],
  complete: ["services"],
  manual: {
    about: "Shows what the containers of a project use, again and again; those that come are added.",
    examples: [["Once, for programs", "hull compose stats --no-stream --format json"]],
    also: ["stats", "top"],
  },
  async run({ values, positional: [service] }, terminal, session) {
    const name = await openProjectName(terminal, session);
    const format = values.format || ((await session.config()).statsFormat ?? "");
    return await showStats(await session.engine(), terminal, {
      names: [],
      labels: [
        `${labels.project}=${name}`,
        ...(service === undefined ? [] : [`${labels.service}=${service}`]),
      ],
      all: values.all,
      once: values["no-stream"],
      noTrunc: values["no-trunc"],
      format,
    });
  },
});
