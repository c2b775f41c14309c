import type { ContainerInspectResponse } from "../../../protocol/generated/types.ts";
import { type LogLine, nanosOf } from "../../logs/log-lines.ts";

/** Nanoseconds: a program may have said something before the engine noted that it runs. */
const slack = 100_000_000n;

export function beginOfLife({ State: state }: ContainerInspectResponse): bigint | undefined {
  const started = momentOf(state?.StartedAt);
  if (started === undefined) return undefined;
  // Some engines keep the end of the life before, which is nearer.
  const finished = momentOf(state?.FinishedAt) ?? 0n;
  return finished < started && finished > started - slack ? finished : started - slack;
}

export function momentOf(text: string | null | undefined): bigint | undefined {
  return !text || text.startsWith("0001-") ? undefined : nanosOf(text);
}

/** A moment as the engine stamps lines with it. */
export function stampOf(milliseconds: number): Pick<LogLine, "stamp" | "time"> {
  const stamp = new Date(milliseconds).toISOString().replace("Z", "000000Z");
  return { stamp, time: nanosOf(stamp) };
}

/** What is attached to has no times of its own. */
export function stampedNow(line: LogLine): LogLine {
  return { ...line, ...stampOf(Date.now()) };
}
