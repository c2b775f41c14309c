import { EngineAnswer, messageOf } from "../../../errors/engine-error.ts";
import { command, type Terminal } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag } from "../../flags/flag.ts";
import { formatFlag } from "../../flags/format-flag.ts";
import { statsLayout, statsRow } from "../../format/rows/stats.ts";
import { formatList } from "../../format/table.ts";
import { interruptible } from "../../interruptible.ts";
import { StatsWatch } from "../../stats/stats-watch.ts";

const flags = {
  all: booleanFlag("Show all containers (default shows just running)", { short: "a" }),
  format: formatFlag(),
  "no-stream": booleanFlag("Disable streaming stats and only pull the first result"),
  "no-trunc": booleanFlag("Do not truncate output"),
};

const redraw = 500;

export const statsCommand = command({
  usage: "stats [OPTIONS] [CONTAINER...]",
  flags,
  arguments: [0, Number.POSITIVE_INFINITY],
  async run({ values, positional }, terminal, session) {
    const once = values["no-stream"];
    const format = values.format || ((await session.config()).statsFormat ?? "");
    const engine = await session.engine();
    return interruptible(async (signal) => {
      await using watch = new StatsWatch(engine, { once, all: values.all }, signal);
      if (positional.length > 0) watch.watch(positional);
      else await watch.watchAll();
      await watch.firstAnswers();
      if (positional.length > 0 && !reportFailures(watch, terminal)) return exitCode.failed;
      const text = () =>
        formatList(
          statsLayout,
          watch.containers().map((one) => statsRow(one, !values["no-trunc"])),
          { format },
        );
      if (once) {
        terminal.out(text());
        return exitCode.ok;
      }
      while (!signal.aborted) {
        terminal.out(screenText(text()));
        // The last of the named ones has gone: nothing more will come.
        if (watch.isOver) break;
        await watch.pause(redraw);
      }
      return exitCode.ok;
    });
  },
});

/** Over what was there before: from the top, every line and the rest below cleared. */
function screenText(text: string): string {
  return `\x1b[H${text
    .split("\n")
    .map((line) => `${line} \x1b[K\n`)
    .join("")}\x1b[J`;
}

function reportFailures(watch: StatsWatch, terminal: Terminal): boolean {
  const failures = watch.failures();
  for (const error of failures) {
    const prefix = error instanceof EngineAnswer ? "Error response from daemon: " : "";
    terminal.err(`${prefix}${messageOf(error)}\n`);
  }
  return failures.length === 0;
}
