import type { Plan, Step } from "./step.ts";

/** A plan as people read it: each step after those it needs, and why it is done. */
export function planText({ steps }: Pick<Plan, "steps">): string {
  return steps.map((step) => `  ${stepText(step)}\n`).join("");
}

function stepText({ id, needs, work }: Step): string {
  const why = "because" in work ? `: ${work.because}` : "";
  const after = [...new Set(needs)].sort();
  return `${id}${why}${after.length > 0 ? ` (after ${after.join(", ")})` : ""}`;
}

/** `HULL_TRACE=compose` shows what was decided before it is done. */
export function tracePlan(title: string, plan: Pick<Plan, "steps">): void {
  const wanted = (process.env.HULL_TRACE ?? "").split(",");
  if (!wanted.includes("1") && !wanted.includes("compose")) return;
  process.stderr.write(`plan to ${title}: ${plan.steps.length} steps\n${planText(plan)}`);
}
