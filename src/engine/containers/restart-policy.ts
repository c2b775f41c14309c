import type { RestartPolicy } from "../../records/container-config.ts";
import type { ContainerRecord } from "../../records/container-record.ts";

export interface RestartInput {
  readonly policy: RestartPolicy;
  readonly exitCode: number;
  /** Restarts by policy since a person last started it. */
  readonly restartCount: number;
  readonly manuallyStopped: boolean;
  /** How long the process lived. */
  readonly ranForMs: number;
  /** The delay before this life; 0 for the first. */
  readonly previousDelayMs: number;
  /** The engine ended it because its health check failed. */
  readonly unhealthy: boolean;
}

export interface RestartDecision {
  readonly restart: boolean;
  readonly delayMs: number;
}

const firstDelayMs = 100;
const longestDelayMs = 60_000;
/** Whoever lived this long is not in a crash loop: the delay starts over. */
const stableAfterMs = 10_000;

export function decideRestart(input: RestartInput): RestartDecision {
  if (input.manuallyStopped || !policyWants(input)) return { restart: false, delayMs: 0 };
  const previous = input.ranForMs >= stableAfterMs ? 0 : input.previousDelayMs;
  return { restart: true, delayMs: Math.min(previous > 0 ? previous * 2 : firstDelayMs, longestDelayMs) };
}

function policyWants(
  input: Pick<RestartInput, "policy" | "exitCode" | "restartCount" | "unhealthy">,
): boolean {
  const { Name: name, MaximumRetryCount: limit } = input.policy;
  const mayRetry = limit === 0 || input.restartCount < limit;
  switch (name) {
    case "":
    case "no":
      return false;
    case "always":
    case "unless-stopped":
      return true;
    case "on-failure":
      return mayRetry && input.exitCode !== 0;
    case "on-unhealthy":
      return mayRetry && (input.unhealthy || input.exitCode !== 0);
    default:
      return name satisfies never;
  }
}

/**
 * Whether the engine starts a container when it starts itself. `always` overrides a manual
 * stop here (and only here), what was never started stays so, and a life that was cut short
 * by the machine counts with the exit code it has.
 */
export function shouldStartAtBoot(record: ContainerRecord): boolean {
  const state = record.state.status === "removing" ? undefined : record.state;
  if (state === undefined) return false;
  switch (state.status) {
    case "created":
    case "running":
    case "paused":
    case "dead":
      return false;
    case "restarting":
    case "exited": {
      const policy = record.hostConfig.RestartPolicy;
      if (policy.Name !== "always" && record.manuallyStopped) return false;
      return policyWants({
        policy,
        exitCode: state.exitCode,
        restartCount: record.restartCount,
        unhealthy: record.health?.status === "unhealthy",
      });
    }
    default:
      return state satisfies never;
  }
}
