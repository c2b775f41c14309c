import { nameOf, type WhyFacts } from "./facts.ts";
import type { Finding } from "./finding.ts";

/** A container and what was found out about it. */
export interface Explained {
  readonly facts: WhyFacts;
  readonly findings: readonly Finding[];
}

/** Those that failed alike, in the order they were given: what is true of the first holds for the others. */
export function byCause(all: readonly Explained[]): [Explained, ...Explained[]][] {
  const groups = new Map<string, [Explained, ...Explained[]]>();
  for (const one of all) {
    const key = causeOf(one);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return [...groups.values()];
}

/** Its own name and how often it was tried may differ. */
function causeOf({ facts, findings }: Explained): string {
  const { State: state } = facts.container;
  const found = findings.map(({ kind, weight, says, details }) => [kind, weight, says, details]);
  const text = JSON.stringify([state?.Status, state?.ExitCode, state?.Health?.Status, found]);
  return text.replaceAll(nameOf(facts), "NAME").replace(/\b\d+ times\b/g, "N times");
}

/** `shop-api-1, -2 and -3`: what replicas have in common is said once. */
export function together(names: readonly string[]): string {
  const [first = "", ...others] = names;
  const stem = first.replace(/\d+$/, "");
  const rest = others.map((name) =>
    stem.endsWith("-") && name.startsWith(stem) && /^\d+$/.test(name.slice(stem.length))
      ? name.slice(stem.length - 1)
      : name,
  );
  const last = rest.at(-1);
  return last === undefined ? first : `${[first, ...rest.slice(0, -1)].join(", ")} and ${last}`;
}
