import type { EngineClient } from "../../client/engine-client.ts";
import { invalidArgument, isKind } from "../../errors/engine-error.ts";
import type { ReclaimableResponse } from "../../protocol/extensions.ts";
import { gatherWorld } from "./gather-world.ts";
import { type PrunePlan, type PruneWish, planPrune } from "./plan.ts";
import { planJson, planSummary, planText } from "./print-plan.ts";

/** `system prune --dry-run`: asks much, changes nothing. */
export async function dryRun(engine: EngineClient, wish: PruneWish, format: string): Promise<string> {
  if (format !== "text" && format !== "json") {
    throw invalidArgument(`invalid format ${JSON.stringify(format)}: use "text" or "json"`);
  }
  const plan = await makePlan(engine, wish);
  return format === "json" ? planJson(plan) : planText(plan);
}

/** What stands above "Are you sure": how many of each kind, and their bytes. Empty where it cannot be told. */
export async function sizesText(engine: EngineClient, wish: PruneWish): Promise<string> {
  try {
    const late = Bun.sleep(patience).then(() => undefined);
    const plan = await Promise.race([makePlan(engine, wish), late]);
    return plan ? planSummary(plan) : "";
  } catch {
    // The engine is still asked to prune, and says then what is wrong.
    return "";
  }
}

/** Milliseconds; an engine with much to measure keeps nobody waiting. */
const patience = 5000;

async function makePlan(engine: EngineClient, wish: PruneWish): Promise<PrunePlan> {
  const world = await gatherWorld(engine, wish.filters.until !== undefined);
  return await withEngineSize(engine, planPrune(world, wish, Date.now()));
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
