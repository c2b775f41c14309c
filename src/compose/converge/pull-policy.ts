import { EngineError, invalidArgument } from "../../errors/engine-error.ts";
import { parseComposeDuration } from "../load/decode/duration.ts";
import type { Service } from "../model/service.ts";

const hour = 3_600e9;

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
      const age = ageOf(policy.slice("every_".length), name, policy);
      return { kind: "refresh", age };
    }
  }
}

/** `12h`; days and weeks too: `1w2d`. */
function ageOf(text: string, service: string, policy: string): number {
  try {
    return parseComposeDuration(text);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw invalidArgument(
      `services.${service}.pull_policy: invalid duration ${JSON.stringify(policy)}`,
      error,
    );
  }
}
