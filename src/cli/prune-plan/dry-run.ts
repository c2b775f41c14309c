import type { EngineClient } from "../../client/engine-client.ts";
import { invalidArgument } from "../../errors/engine-error.ts";
import { gatherWorld } from "./gather-world.ts";
import { type PruneWish, planPrune } from "./plan.ts";
import { planJson, planText } from "./print-plan.ts";

/** `system prune --dry-run`: asks much, changes nothing. */
export async function dryRun(engine: EngineClient, wish: PruneWish, format: string): Promise<string> {
  if (format !== "text" && format !== "json") {
    throw invalidArgument(`invalid format ${JSON.stringify(format)}: use "text" or "json"`);
  }
  const world = await gatherWorld(engine, wish.filters.until !== undefined);
  const plan = planPrune(world, wish, Date.now());
  return format === "json" ? planJson(plan) : planText(plan);
}
