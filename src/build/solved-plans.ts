import type { SolvedBuild, SolvedStep } from "./export/solved-build.ts";
import type { OpGraph } from "./ops/make-op.ts";
import type { BuildPlan, ImagePlan, PlannedHistory } from "./plan/build-plan.ts";
import type { Operation } from "./plan/operation.ts";
import type { Op } from "./solver/op.ts";
import type { ResultCache, StepResult } from "./solver/result-cache.ts";
import type { Solve } from "./solver/solve.ts";

export type Results = Map<Op, StepResult>;

/** What was planned with what came of it, for the exporters. */
export async function solvedBuild(
  plans: readonly BuildPlan[],
  graph: OpGraph,
  results: Results,
  solve: Solve,
  cache: ResultCache,
  epoch: number | undefined,
): Promise<SolvedBuild> {
  const created = async (operation: Operation) =>
    (await createdAt(graph.opOf(operation), solve, cache)) ?? "";
  const images = await Promise.all(
    plans.map(async ({ image }) => ({
      plan: { ...image, history: await dated(image, epoch, created) },
      tree: (await solve.result(graph.opOf(image.top))).tree,
    })),
  );
  const inResult = opsInResult(plans, graph);
  const steps: SolvedStep[] = [];
  for (const op of graph.ordered) {
    if (op.identity) continue;
    const result = results.get(op) ?? (await solve.unneeded(op));
    if (!result || result.key === "") continue;
    const { key, tree, description } = result;
    steps.push({ key, tree, description, inResult: inResult.has(op) });
  }
  return { images, steps };
}

/** The steps that the images stand on; stages that are only copied from are not among them. */
export function opsInResult(plans: readonly BuildPlan[], graph: OpGraph): ReadonlySet<Op> {
  return new Set(plans.flatMap(({ image }) => chainOf(image.top).map((operation) => graph.opOf(operation))));
}

/** The operations whose layers are the result's, top first. */
function chainOf(top: Operation): Operation[] {
  return "base" in top ? [top, ...chainOf(top.base)] : [top];
}

/** When a step was really done: the same result has the same history, however often it is built. */
async function createdAt(op: Op, solve: Solve, cache: ResultCache): Promise<string | undefined> {
  const { key } = await solve.key(op);
  return cache.table.byKey(key)?.createdAt;
}

/** What makes no files is as old as what it stands on. */
async function dated(
  { history }: ImagePlan,
  epoch: number | undefined,
  created: (operation: Operation) => Promise<string>,
): Promise<PlannedHistory[]> {
  const fixed = epoch === undefined ? undefined : new Date(epoch * 1000).toISOString().replace(".000Z", "Z");
  const result: PlannedHistory[] = [];
  let last: string | undefined;
  for (const entry of history) {
    const time = entry.created ?? fixed ?? ((entry.operation && (await created(entry.operation))) || last);
    last = time ?? last;
    result.push({ ...entry, ...(time !== undefined && { created: time }) });
  }
  return result;
}
