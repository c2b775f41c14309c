import { invalidArgument } from "../../errors/engine-error.ts";
import { parseNanos } from "../../protocol/time-values.ts";

/** A time by this machine's clock, as the engine takes it: seconds and their fraction. */
export function moment(text: string): string | undefined {
  if (text === "") return undefined;
  let nanos: bigint;
  try {
    nanos = parseNanos(text);
  } catch (error) {
    throw invalidArgument(`failed to parse value as time or duration: ${JSON.stringify(text)}`, error);
  }
  const whole = nanos / 1_000_000_000n;
  const fraction = nanos - whole * 1_000_000_000n;
  return `${whole}.${String(fraction < 0n ? -fraction : fraction).padStart(9, "0")}`;
}
