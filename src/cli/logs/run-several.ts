import { parseNanos } from "../../protocol/time-values.ts";
import type { Terminal } from "../command.ts";
import type { Filters } from "../flags/filter-flag.ts";
import { interruptible } from "../interruptible.ts";
import type { Session } from "../session.ts";
import { mayColour, painter } from "../terminal/colours.ts";
import { showManyLogs, unixTime } from "./many-logs.ts";

/** The flags of `logs`, Docker's and those of `many-logs`. */
export interface LogsValues {
  readonly all: boolean;
  readonly filter: Filters;
  readonly project: string;
  readonly follow: boolean;
  readonly tail: string;
  readonly since: string;
  readonly until: string;
  readonly timestamps: boolean;
  readonly details: boolean;
}

/** `hull logs a b c`, `--project`, `--filter`, `--all`. */
export function runSeveralLogs(
  values: LogsValues,
  names: readonly string[],
  terminal: Terminal,
  session: Session,
): Promise<number> {
  const time = (text: string) => (text === "" ? "" : unixTime(parseNanos(text)));
  return interruptible(async (signal) => {
    const { filter: filters, since, until, tail, ...rest } = values;
    const wish = {
      ...rest,
      names,
      filters,
      since: time(since),
      until: time(until),
      tail: tail === "all" ? "" : tail,
    };
    return showManyLogs(await session.engine(), wish, terminal, painter(mayColour(session.env)), signal);
  });
}
