import type { EngineClient } from "../../client/engine-client.ts";
import { invalidArgument, isKind } from "../../errors/engine-error.ts";
import type { ReclaimableResponse } from "../../protocol/extensions.ts";
import { gatherWorld } from "./gather-world.ts";
import { type PrunePlan, type PruneWish, planPrune } from "./plan.ts";
import { planJson, planText } from "./print-plan.ts";

/** `system prune --dry-run`: asks much, changes nothing. */
export async function dryRun(engine: EngineClient, wish: PruneWish, format: string): Promise<string> {
  if (format !== "text" && format !== "json") {
    throw invalidArgument(`invalid format ${JSON.stringify(format)}: use "text" or "json"`);
  }
  const world = await gatherWorld(engine, wish.filters.until !== undefined);
  const planned = planPrune(world, wish, Date.now());
  const plan = await withEngineSize(engine, planned);
  return format === "json" ? planJson(plan) : planText(plan);
}

/** A Hull engine knows to the byte what goes with images; of others it is reckoned from their layers. */
async function withEngineSize(engine: EngineClient, plan: PrunePlan): Promise<PrunePlan> {
  if (plan.images.length === 0) return plan;
  try {
    const query = { image: plan.images.map(({ id }) => id) };
    const { Size: size } = await engine.extension<ReclaimableResponse>("GET", "/system/reclaimable", {
      query,
    });
    return { ...plan, total: plan.total - plan.imageBytes + size, imageBytes: size };
  } catch (error) {
    if (isKind(error, "not_implemented")) return plan;
    throw error;
  }
}
