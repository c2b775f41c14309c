import type { FlagSet } from "../flags/flag.ts";
import { booleanFlag, integerFlag } from "../flags/flag.ts";
import type { ParsedFlags } from "../flags/parse.ts";

export const dryRunFlag = booleanFlag("Execute command in dry run mode");
export const timeoutFlag = integerFlag("Specify a shutdown timeout in seconds", { short: "t" });

/** Seconds; undefined where the flag was not given: every container has its own. */
export function timeoutOf({
  values,
  given,
}: ParsedFlags<{ timeout: typeof timeoutFlag }>): number | undefined {
  return given.has("timeout") ? values.timeout : undefined;
}

/** `compose up` takes any number of services. */
export const anyServices = [0, Number.POSITIVE_INFINITY] as const;

export type Given<S extends FlagSet> = ParsedFlags<S>;
