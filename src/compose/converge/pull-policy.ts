import { invalidArgument } from "../../errors/engine-error.ts";
import { parseDuration } from "../../lib/duration.ts";
import type { Service } from "../model/service.ts";

const hour = 3_600e9;
const units: Readonly<Record<string, number>> = { d: 24 * hour, w: 7 * 24 * hour };

export type PullPolicy =
  | { readonly kind: "always" | "never" | "build" | "missing" }
  /** Pulled anew when it is older: nanoseconds. */
  | { readonly kind: "refresh"; readonly age: number };

export function pullPolicyOf({ name, pull_policy: policy = "" }: Service): PullPolicy {
  switch (policy) {
    case "always":
    case "never":
    case "build":
      return { kind: policy };
    case "daily":
      return { kind: "refresh", age: 24 * hour };
    case "weekly":
      return { kind: "refresh", age: 7 * 24 * hour };
    default: {
      if (!policy.startsWith("every_")) return { kind: "missing" };
      const age = longDuration(policy.slice("every_".length));
      if (age === undefined)
        throw invalidArgument(`services.${name}.pull_policy: invalid duration ${JSON.stringify(policy)}`);
      return { kind: "refresh", age };
    }
  }
}

/** Days and weeks too: `1w2d12h`. */
function longDuration(text: string): number | undefined {
  const long = /^((?:\d+[wd])*)(.*)$/.exec(text);
  let total = 0;
  for (const [, amount, unit] of (long?.[1] ?? "").matchAll(/(\d+)([wd])/g)) {
    total += Number(amount) * (units[unit ?? ""] ?? 0);
  }
  const rest = long?.[2] ?? "";
  if (rest === "") return text === "" ? undefined : total;
  const short = parseDuration(rest);
  return short === undefined ? undefined : total + short;
}
