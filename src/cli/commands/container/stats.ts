import { command } from "../../command.ts";
import { booleanFlag } from "../../flags/flag.ts";
import { formatFlag } from "../../flags/format-flag.ts";
import { showStats } from "../../stats/show-stats.ts";

const flags = {
  all: booleanFlag("Show all containers (default shows just running)", { short: "a" }),
  format: formatFlag(),
  "no-stream": booleanFlag("Disable streaming stats and only pull the first result"),
  "no-trunc": booleanFlag("Do not truncate output"),
};

export const statsCommand = command({
  usage: "stats [OPTIONS] [CONTAINER...]",
  flags,
  arguments: [0, Number.POSITIVE_INFINITY],
  async run({ values, positional }, terminal, session) {
    const format = values.format || ((await session.config()).statsFormat ?? "");
    return await showStats(await session.engine(), terminal, {
      names: positional,
      labels: [],
      all: values.all,
      once: values["no-stream"],
      noTrunc: values["no-trunc"],
      format,
    });
  },
});
