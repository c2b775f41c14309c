import { type Dependency, isUp, nameOf, type WhyFacts } from "../facts.ts";
import { cause, type Finding, note, suggest } from "../finding.ts";

/** Others it needs that are not as it needs them. */
export function dependenciesRule(facts: WhyFacts): Finding[] {
  return facts.dependencies.flatMap((dependency) => {
    const problem = problemOf(dependency);
    if (problem === undefined) return [];
    const say = isUp(facts) ? note : cause;
    const { name } = dependency;
    const next =
      dependency.state === "missing"
        ? []
        : [
            suggest(`hull why ${name}`, "why that one is not as it should be"),
            suggest(`hull start ${name} ${nameOf(facts)}`, "start both"),
          ];
    return [say("dependency", problem, [], next)];
  });
}

function problemOf({ name, need, state, health, exitCode }: Dependency): string | undefined {
  const who = `container ${JSON.stringify(name)}`;
  switch (need) {
    case "service_completed_successfully":
      if (state === "exited" && exitCode === 0) return undefined;
      return state === "exited"
        ? `It waits for ${who} to succeed, which ended with exit code ${exitCode}.`
        : `It waits for ${who} to end, which is ${state}.`;
    case "service_healthy":
      if (state === "running" && health === "healthy") return undefined;
      return `It waits for ${who} to be healthy, which is ${state === "running" ? (health ?? "without a health check") : state}.`;
    case "service_started":
      return state === "running" ? undefined : `It depends on ${who}, which is ${state}.`;
    case "volumes":
      return state === "missing" ? `It uses the volumes of ${who}, which is gone.` : undefined;
    default:
      return state === "running" ? undefined : `It uses the ${need} of ${who}, which is ${state}.`;
  }
}
