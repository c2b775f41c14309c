import type { EngineClient } from "../../../client/engine-client.ts";
import { EngineError } from "../../../errors/engine-error.ts";
import type { ContainerSummary } from "../../../protocol/generated/types.ts";
import type { Session } from "../../session.ts";
import type { Explained } from "../../why/same-cause.ts";

/** More would hide the first. */
const mostExplained = 3;
/** Each takes a few questions to the engine. */
const mostLookedAt = 12;
const linesShown = 10;
/** Lines the rules look at. */
const linesLookedAt = 50;
/** How far back events are of use, in seconds. */
const eventSeconds = 600;

/** Why these containers failed, in the words of `why`, one after another; once for those that failed alike. */
export async function whyFailed(
  engine: EngineClient,
  session: Session,
  names: readonly string[],
  colour: boolean,
): Promise<string> {
  const [{ gatherFacts }, { explain }, { printWhy }, { nameOf }, { byCause }] = await Promise.all([
    import("../../why/gather.ts"),
    import("../../why/explain.ts"),
    import("../../why/print-why.ts"),
    import("../../why/facts.ts"),
    import("../../why/same-cause.ts"),
  ]);
  const { address, via } = engine.address;
  const isHere = address.kind === "unix" && !via;
  const known: Explained[] = [];
  const sorted = [...names].sort(byNumber);
  for (const name of sorted.slice(0, mostLookedAt)) {
    try {
      const facts = await gatherFacts(engine, name, {
        lines: linesLookedAt,
        eventSeconds,
        ...(isHere && { holderOfPort: session.holderOfPort }),
      });
      const findings = explain(facts);
      // Nothing may be wrong with it, but with what was done to it: then too.
      if (findings.length > 0) known.push({ facts, findings });
    } catch (error) {
      // It is gone, or the engine is: then the first error says what there is to say.
      if (!(error instanceof EngineError)) throw error;
    }
  }
  const groups = byCause(known);
  const options = { colour, program: session.program, lines: linesShown };
  const texts = groups
    .slice(0, mostExplained)
    .map(([{ facts, findings }, ...alike]) =>
      printWhy(facts, findings, { ...options, others: alike.map((one) => nameOf(one.facts)) }),
    );
  const more = [
    ...groups.slice(mostExplained).flatMap((group) => group.map(({ facts }) => nameOf(facts))),
    ...sorted.slice(mostLookedAt),
  ];
  if (more.length > 0) texts.push(`${more.length} more failed: ${more.join(", ")}\n`);
  return texts.join("\n");
}

/** What neither the log nor the number tells of one that has just ended: the kernel killed it for memory. */
export async function whyKilled(engine: EngineClient, id: string): Promise<string[]> {
  const [{ gatherFacts }, { explain }] = await Promise.all([
    import("../../why/gather.ts"),
    import("../../why/explain.ts"),
  ]);
  try {
    const found = explain(await gatherFacts(engine, id, { lines: linesLookedAt, eventSeconds }));
    return found.filter(({ kind }) => kind === "memory").map(({ says }) => says);
  } catch (error) {
    // It is gone already.
    if (!(error instanceof EngineError)) throw error;
    return [];
  }
}

/** `web-2` before `web-10`. */
function byNumber(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

/** Whether one ended with a failure or is unhealthy, as far as a list tells: `Exited (3) 2 seconds ago`, `Up 3 seconds (unhealthy)`. */
export function hasFailed({ State: state, Status: said }: ContainerSummary): boolean {
  const status = said ?? "";
  if (state === "restarting" || state === "dead") return true;
  if (state === "exited") return !/^Exited \((0|143|137)\)/.test(status);
  return state === "running" && status.endsWith("(unhealthy)");
}
