import { humanDuration } from "../../protocol/human-duration.ts";
import { exitWords } from "./exit-words.ts";
import { momentOf, nameOf, type WhyFacts } from "./facts.ts";
import type { Finding } from "./finding.ts";
import { dependenciesRule } from "./rules/dependencies.ts";
import { healthRule } from "./rules/health.ts";
import { killedRule } from "./rules/killed.ts";
import { logHintRule } from "./rules/log-hints.ts";
import { memoryRule } from "./rules/memory.ts";
import { libraryRule, programRule, shellRule } from "./rules/program.ts";
import { missingRule, portRule, startErrorRule } from "./rules/resources.ts";
import { restartsRule } from "./rules/restarts.ts";
import { lastResortRule, stateRule } from "./rules/state.ts";
import { together } from "./same-cause.ts";

type Rule = (facts: WhyFacts) => readonly Finding[];

/** The surest first. */
const rules: readonly Rule[] = [
  stateRule,
  memoryRule,
  portRule,
  libraryRule,
  programRule,
  shellRule,
  startErrorRule,
  dependenciesRule,
  missingRule,
  killedRule,
  healthRule,
];

/** Facts to findings: causes first, then what is worth knowing beside them. Empty when all is well. */
export function explain(facts: WhyFacts): Finding[] {
  const found = once(rules.flatMap((rule) => [...rule(facts)]));
  const unexplained = !found.some(({ weight }) => weight === "cause");
  const all = once([
    ...found,
    ...(unexplained ? lastResortRule(facts) : []),
    ...logHintRule(facts),
    ...restartsRule(facts),
  ]);
  return [
    ...all.filter(({ weight }) => weight === "cause"),
    ...all.filter(({ weight }) => weight === "note"),
  ];
}

/** Two rules may see the same thing; the first one saw it better. */
function once(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ kind, weight, says }) => {
    // What keeps a program from starting is one thing, whichever rule saw it.
    const programKinds = ["command-not-found", "not-executable", "program", "architecture"];
    const key = weight === "cause" && programKinds.includes(kind) ? "program" : says;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Its state in one sentence; `others`: names of containers it is true of as well. */
export function headline(facts: WhyFacts, others: readonly string[] = []): string {
  const { State: state, RestartCount: restarts } = facts.container;
  const name = together([nameOf(facts), ...others]);
  const word = (one: string, many: string) => (others.length > 0 ? many : one);
  const is = word("is", "are");
  const started = momentOf(state?.StartedAt);
  const finished = momentOf(state?.FinishedAt);
  const ago = (moment: number | undefined) =>
    moment === undefined ? "" : ` ${humanDuration((facts.now - moment) / 1000).toLowerCase()} ago`;
  const code = state?.ExitCode ?? 0;
  const end = `exit code ${code} (${exitWords(code).split(":")[0]})`;
  if (state?.Paused) return `${name} ${is} paused.`;
  if (state?.Restarting) {
    return `${name} ${is} restarting: ${word("it", "they")} ended with ${end}${ago(finished)}, after ${restarts ?? 0} restarts.`;
  }
  if (state?.Running) {
    const health = state.Health?.Status;
    const since =
      started === undefined ? "" : ` for ${humanDuration((facts.now - started) / 1000).toLowerCase()}`;
    return `${name} ${word("has", "have")} been running${since}${health && health !== "none" ? `; ${word("its", "their")} health: ${health}` : ""}.`;
  }
  if (state?.Status === "created") {
    return state.Error
      ? `${name} could not be started: exit code ${code}.`
      : `${name} ${word("was", "were")} made and never started.`;
  }
  if (state?.Status === "exited") {
    const lived =
      started !== undefined && finished !== undefined && finished > started
        ? `, after running for ${humanDuration((finished - started) / 1000).toLowerCase()}`
        : "";
    return `${name} ended with ${end}${ago(finished)}${lived}.`;
  }
  return `${name} ${is} ${state?.Status ?? "in an unknown state"}.`;
}
