import type { EngineClient } from "../../../client/engine-client.ts";
import { EngineError } from "../../../errors/engine-error.ts";
import type { ContainerSummary } from "../../../protocol/generated/types.ts";
import type { Session } from "../../session.ts";

/** More would hide the first. */
const mostExplained = 3;
const linesShown = 10;
/** Lines the rules look at. */
const linesLookedAt = 50;
/** How far back events are of use, in seconds. */
const eventSeconds = 600;

/** Why these containers failed, in the words of `why`, one after another. */
export async function whyFailed(
  engine: EngineClient,
  session: Session,
  names: readonly string[],
  colour: boolean,
): Promise<string> {
  const [{ gatherFacts }, { explain }, { printWhy }] = await Promise.all([
    import("../../why/gather.ts"),
    import("../../why/explain.ts"),
    import("../../why/print-why.ts"),
  ]);
  const { address, via } = engine.address;
  const isHere = address.kind === "unix" && !via;
  const texts: string[] = [];
  for (const name of names.slice(0, mostExplained)) {
    try {
      const facts = await gatherFacts(engine, name, {
        lines: linesLookedAt,
        eventSeconds,
        ...(isHere && { holderOfPort: session.holderOfPort }),
      });
      texts.push(printWhy(facts, explain(facts), { colour, program: session.program, lines: linesShown }));
    } catch (error) {
      // It is gone, or the engine is: then the first error says what there is to say.
      if (!(error instanceof EngineError)) throw error;
    }
  }
  const more = names.length - mostExplained;
  if (more > 0) texts.push(`${more} more failed: ${names.slice(mostExplained).join(", ")}\n`);
  return texts.join("\n");
}

/** Whether one ended with a failure or is unhealthy, as far as a list tells: `Exited (3) 2 seconds ago`, `Up 3 seconds (unhealthy)`. */
export function hasFailed({ State: state, Status: said }: ContainerSummary): boolean {
  const status = said ?? "";
  if (state === "restarting" || state === "dead") return true;
  if (state === "exited") return !/^Exited \((0|143|137)\)/.test(status);
  return state === "running" && status.endsWith("(unhealthy)");
}
