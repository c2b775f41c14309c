import { invalidArgument } from "../../errors/engine-error.ts";
import type { UpdateConfig } from "../model/deploy.ts";
import type { Service } from "../model/service.ts";

export interface UpdatePolicy {
  /** Replicas at once. */
  readonly parallelism: number;
  readonly delayMs: number;
  /** How long a new one is watched once it is there. */
  readonly monitorMs: number;
  readonly order: "start-first" | "stop-first";
  readonly onFailure: "pause" | "continue" | "rollback";
  /** The part of the replicas that may fail before it counts as a failure. */
  readonly maxFailureRatio: number;
}

export function updatePolicy({ name, deploy }: Service): UpdatePolicy {
  return policyOf(`services.${name}.deploy.update_config`, deploy?.update_config ?? {});
}

export function rollbackPolicy({ name, deploy }: Service): UpdatePolicy {
  const where = `services.${name}.deploy.rollback_config`;
  const policy = policyOf(where, deploy?.rollback_config ?? {});
  if (policy.onFailure === "rollback") {
    throw invalidArgument(`${where}.failure_action: a rollback that fails can only "pause" or "continue"`);
  }
  return policy;
}

function policyOf(where: string, config: UpdateConfig): UpdatePolicy {
  const { parallelism = 1, delay = 0, monitor = 0, max_failure_ratio = 0 } = config;
  return {
    parallelism: parallelism === 0 ? Number.POSITIVE_INFINITY : parallelism,
    delayMs: delay / 1e6,
    monitorMs: monitor / 1e6,
    order: oneOf(`${where}.order`, config.order ?? "stop-first", ["start-first", "stop-first"]),
    onFailure: oneOf(`${where}.failure_action`, config.failure_action ?? "pause", [
      "pause",
      "continue",
      "rollback",
    ]),
    maxFailureRatio: max_failure_ratio,
  };
}

function oneOf<Word extends string>(where: string, word: string, words: readonly Word[]): Word {
  const found = words.find((one) => one === word);
  if (found) return found;
  throw invalidArgument(`${where}: ${JSON.stringify(word)} is none of ${words.join(", ")}`);
}
