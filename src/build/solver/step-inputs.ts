import { type Op, parentRole } from "./op.ts";
import type { StepResult } from "./result-cache.ts";

/** Whose snapshot is below its own; what was only copied from may go. */
export function standsOn(op: Op, inputs: readonly StepResult[]): string[] {
  const below = inputs.filter((_, at) => op.inputs[at]?.role === parentRole);
  return below.map(({ id }) => id).filter((id) => id !== "");
}

/** A step on one that is made anew is new as well, unless only the content of that one counts. */
export function isFresh(op: Op): boolean {
  return (
    op.fresh === true ||
    op.inputs.some(({ content, op: input }) => !content && !input.identity && isFresh(input))
  );
}
