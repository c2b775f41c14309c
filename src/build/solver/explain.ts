import type { BuildCacheEntries, BuildCacheInput, BuildCacheRow } from "../../records/build-cache.ts";
import type { StepKey } from "./step-key.ts";

type Known = Pick<BuildCacheRow, "facts" | "inputs">;

/**
 * Why a step was not in the cache: what differs first from the most similar run of the same place.
 * Parent before facts before files: where the parent is another, everything after it is new.
 */
export function explainMiss(
  step: StepKey,
  earlier: readonly BuildCacheRow[],
  entriesOf: (id: string) => BuildCacheEntries,
): string {
  if (step.fresh) return "the cache is not used for it (--no-cache), or for what it stands on";
  const closest = mostSimilar(step, earlier);
  if (!closest) return "it was never built before, or its result was pruned";
  return firstDifference(step, closest, () => entriesOf(closest.id)) ?? "its earlier result was pruned";
}

function mostSimilar(step: StepKey, earlier: readonly BuildCacheRow[]): BuildCacheRow | undefined {
  let best: { row: BuildCacheRow; differences: number } | undefined;
  for (const row of earlier) {
    const differences = countDifferences(step, row);
    if (!best || differences < best.differences) best = { row, differences };
  }
  return best?.row;
}

function countDifferences(step: Known, row: Known): number {
  const names = new Set([...Object.keys(step.facts), ...Object.keys(row.facts)]);
  const facts = [...names].filter((name) => step.facts[name] !== row.facts[name]).length;
  return facts + changedInputs(step.inputs, row.inputs).length;
}

function changedInputs(
  now: readonly BuildCacheInput[],
  before: readonly BuildCacheInput[],
): BuildCacheInput[] {
  return now.filter(({ role, digest }) => before.find((input) => input.role === role)?.digest !== digest);
}

function firstDifference(
  step: StepKey,
  row: BuildCacheRow,
  before: () => BuildCacheEntries,
): string | undefined {
  const inputs = changedInputs(step.inputs, row.inputs);
  const whole = inputs.find(({ byContent }) => !byContent);
  if (whole) return `${whole.role} changed`;
  const fact = differingFact(step.facts, row.facts);
  if (fact) return fact;
  const [files] = inputs;
  return files && differingFile(files.role, step.entries, before());
}

function differingFact(
  now: Readonly<Record<string, string>>,
  before: Readonly<Record<string, string>>,
): string | undefined {
  for (const [name, value] of Object.entries(now)) {
    const old = before[name];
    if (old === undefined) return `${name} is new: ${JSON.stringify(value)}`;
    if (old !== value) return `${name} changed from ${JSON.stringify(old)} to ${JSON.stringify(value)}`;
  }
  const gone = Object.keys(before).find((name) => now[name] === undefined);
  return gone === undefined ? undefined : `${gone} is gone, it was ${JSON.stringify(before[gone])}`;
}

function differingFile(role: string, now: BuildCacheEntries, before: BuildCacheEntries): string {
  const old = new Map(before[role] ?? []);
  const here = now[role] ?? [];
  const changed = here.find(([path, digest]) => old.has(path) && old.get(path) !== digest);
  if (changed) return `${role}: ${shown(changed[0])} changed`;
  const added = here.find(([path]) => !old.has(path));
  if (added) return `${role}: ${shown(added[0])} is new`;
  const names = new Set(here.map(([path]) => path));
  const removed = [...old.keys()].find((path) => !names.has(path));
  return removed === undefined ? `${role}: its files changed` : `${role}: ${shown(removed)} is gone`;
}

/** The top itself has no name. */
const shown = (path: string): string => JSON.stringify(path === "" ? "/" : path);
