import { invalidArgument } from "../../errors/engine-error.ts";
import { parseGoDuration } from "../../protocol/go-duration.ts";
import { command } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import { integerFlag, stringFlag } from "../flags/flag.ts";
import { goJson } from "../format/go-json.ts";
import { isTerminal } from "../terminal/tty.ts";
import { explain, headline } from "../why/explain.ts";
import { gatherFacts } from "../why/gather.ts";
import { printWhy } from "../why/print-why.ts";

const flags = {
  format: stringFlag("How to say it: 'text' or 'json'", { initial: "text" }),
  since: stringFlag('How far back to look at events (e.g. "10m")', { initial: "1h" }),
  tail: integerFlag("Number of lines to show from the end of its log", { short: "n", initial: 10 }),
};

/** Lines the rules look at, even when fewer are shown. */
const linesLookedAt = 50;

export const whyCommand = command({
  usage: "why [OPTIONS] CONTAINER",
  flags,
  arguments: [1, 1],
  async run({ values: { format, since, tail }, positional: [name = ""] }, terminal, session) {
    if (format !== "text" && format !== "json")
      throw invalidArgument(`invalid format ${JSON.stringify(format)}: use "text" or "json"`);
    const eventSeconds = parseGoDuration(since);
    if (eventSeconds === undefined)
      throw invalidArgument(`invalid duration ${JSON.stringify(since)} for --since`);
    const engine = await session.engine();
    const { engineAddress } = await import("../connect.ts");
    const { address, via } = await engineAddress(session);
    // Processes of this machine say nothing about an engine on another.
    const isHere = address.kind === "unix" && !via;
    const facts = await gatherFacts(engine, name, {
      lines: Math.max(tail, linesLookedAt),
      eventSeconds,
      ...(isHere && { holderOfPort: session.holderOfPort }),
    });
    const findings = explain(facts);
    if (format === "json") {
      terminal.out(
        `${goJson({ Container: facts.container.Id, Headline: headline(facts), Findings: findings })}\n`,
      );
    } else {
      const colour = isTerminal(1) && !session.env.NO_COLOR;
      terminal.out(printWhy(facts, findings, { colour, program: session.program, lines: tail }));
    }
    return exitCode.ok;
  },
});
