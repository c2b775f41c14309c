import { cancelled, firstError } from "../../../errors/engine-error.ts";
import { Limiter } from "../../../lib/limiter.ts";
import type { Step } from "../step.ts";

export interface RunOptions {
  /** Ctrl-C: nothing new is begun. */
  readonly signal: AbortSignal;
  readonly parallel: number;
}

// trail: compose up
/**
 * Runs every step as soon as those it needs have succeeded. After the first failure nothing new is
 * begun; what is on its way ends in good order, except for waiting, which `halted` ends. Throws the
 * first failure.
 */
export async function runPlan(
  steps: readonly Step[],
  perform: (step: Step, halted: AbortSignal) => Promise<void>,
  { signal, parallel }: RunOptions,
): Promise<void> {
  const limiter = new Limiter(() => parallel);
  const failed = new AbortController();
  const halted = AbortSignal.any([signal, failed.signal]);
  const failures: unknown[] = [];
  const ends = new Map<string, Promise<boolean>>();
  const run = async (step: Step): Promise<boolean> => {
    const before = await Promise.all(step.needs.map((id) => ends.get(id)));
    // A step that is not of this plan was done before it.
    if (before.includes(false) || halted.aborted) return false;
    try {
      if (isQuick(step)) await perform(step, halted);
      else await limiter.run(() => perform(step, halted), { signal: halted });
      return true;
    } catch (error) {
      if (!halted.aborted || !isAbort(error)) failures.push(firstError(error));
      failed.abort();
      return false;
    }
  };
  for (const step of inOrder(steps)) ends.set(step.id, run(step));
  await Promise.all(ends.values());
  if (failures.length > 0) throw failures[0];
  if (signal.aborted) throw cancelled("canceled", signal.reason);
}

/** Waiting takes no turn from those who work. */
const isQuick = ({ work }: Step) => work.kind === "wait" || work.kind === "keep";

function isAbort(error: unknown): boolean {
  if (!(error instanceof Error)) return true;
  return error.name === "AbortError" || ("kind" in error && error.kind === "cancelled");
}

/** Each after those it needs: its promise must know theirs. */
function inOrder(steps: readonly Step[]): Step[] {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const ordered = new Set<Step>();
  const visit = (step: Step, path: readonly string[]) => {
    if (ordered.has(step)) return;
    if (path.includes(step.id)) throw new Error(`steps need each other: ${[...path, step.id].join(" -> ")}`);
    for (const id of step.needs) {
      const needed = byId.get(id);
      if (needed) visit(needed, [...path, step.id]);
    }
    ordered.add(step);
  };
  for (const step of steps) visit(step, []);
  return [...ordered];
}
