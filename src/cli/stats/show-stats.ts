import type { EngineClient } from "../../client/engine-client.ts";
import { EngineAnswer, messageOf } from "../../errors/engine-error.ts";
import type { Terminal } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import { statsLayout, statsRow } from "../format/rows/stats.ts";
import { formatList } from "../format/table.ts";
import { interruptible } from "../interruptible.ts";
import { StatsWatch } from "./stats-watch.ts";

export interface StatsWish {
  /** Empty: all there are, and come. */
  readonly names: readonly string[];
  /** Of all, only those with these labels: `key=value`. */
  readonly labels: readonly string[];
  readonly all: boolean;
  readonly once: boolean;
  readonly noTrunc: boolean;
  /** Empty: a table. */
  readonly format: string;
}

const redraw = 500;

/** What containers use, once, or again and again until Ctrl-C. */
export function showStats(engine: EngineClient, terminal: Terminal, wish: StatsWish): Promise<number> {
  const { names, labels, all, once, noTrunc, format } = wish;
  return interruptible(async (signal) => {
    await using watch = new StatsWatch(engine, { once, all, labels }, signal);
    if (names.length > 0) watch.watch(names);
    else await watch.watchAll();
    await watch.firstAnswers();
    if (names.length > 0 && !reportFailures(watch, terminal)) return exitCode.failed;
    const text = () =>
      formatList(
        statsLayout,
        watch.containers().map((one) => statsRow(one, !noTrunc)),
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
}

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
