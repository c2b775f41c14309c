import { EngineError, invalidArgument } from "../../errors/engine-error.ts";
import { parseNanos } from "../../protocol/time-values.ts";

const second = 1_000_000_000n;

/**
 * A time by this machine's clock and zone, as the engine takes it: seconds and their fraction. `flag`:
 * whose value it is, where Docker's words about one that is none begin with it.
 */
export function moment(text: string, flag?: string): string | undefined {
  if (text === "") return undefined;
  let nanos: bigint;
  try {
    nanos = parseNanos(text);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const whose = flag === undefined ? "" : `invalid value for "${flag}": `;
    throw invalidArgument(
      `${whose}failed to parse value as time or duration: ${JSON.stringify(text)}`,
      error,
    );
  }
  const fraction = nanos % second;
  return `${nanos / second}.${String(fraction < 0n ? -fraction : fraction).padStart(9, "0")}`;
}
