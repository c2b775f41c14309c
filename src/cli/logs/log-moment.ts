import { EngineError, invalidArgument } from "../../errors/engine-error.ts";
import { parseNanos } from "../../protocol/time-values.ts";

/** Seconds with nanoseconds: the client's clock and zone decide what "42m" and "15:04" mean. */
export function momentOf(flag: string, text: string): string | undefined {
  if (text === "") return undefined;
  try {
    const nanos = parseNanos(text);
    const seconds = nanos / 1_000_000_000n;
    return `${seconds}.${String(nanos % 1_000_000_000n).padStart(9, "0")}`;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw invalidArgument(
      `invalid value for "${flag}": failed to parse value as time or duration: ${JSON.stringify(text)}`,
      error,
    );
  }
}
