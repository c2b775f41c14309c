import type { HealthProbe, HealthRecord } from "../../records/container-record.ts";
import { nanosOf } from "../moments.ts";
import type { HealthPlan } from "./health-plan.ts";

const keptProbes = 5;
const longestOutput = 4096;

/** A container that starts (again): what its last probes said is kept. */
export function startingHealth(previous?: HealthRecord): HealthRecord {
  return { status: "starting", failingStreak: 0, log: previous?.log ?? [] };
}

/**
 * The health after one more probe. One success makes it healthy, `retries` failures in a row
 * unhealthy; failures of a container that is starting do not count in its start period.
 */
export function afterProbe(
  health: HealthRecord,
  probe: HealthProbe,
  plan: Pick<HealthPlan, "retries" | "startPeriodMs">,
  startedAt: string,
): HealthRecord {
  const log = [...health.log, { ...probe, output: shortened(probe.output) }].slice(-keptProbes);
  if (probe.exitCode === 0) return { status: "healthy", failingStreak: 0, log };
  const age = Number(nanosOf(probe.start) - nanosOf(startedAt)) / 1e6;
  if (health.status === "starting" && age < plan.startPeriodMs) return { ...health, log };
  const failingStreak = health.failingStreak + 1;
  return { status: failingStreak >= plan.retries ? "unhealthy" : health.status, failingStreak, log };
}

function shortened(output: string): string {
  const bytes = Buffer.from(output);
  if (bytes.length <= longestOutput) return output;
  // Never cut a character in two: bytes 10xxxxxx go on with the one before.
  let end = longestOutput;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return `${bytes.subarray(0, end).toString()}...`;
}

/** The pause before the next probe, from the end of the last one. */
export function nextProbeInMs(
  plan: Pick<HealthPlan, "intervalMs" | "startPeriodMs" | "startIntervalMs">,
  health: HealthRecord,
  ageMs: number,
): number {
  return health.status === "starting" && ageMs < plan.startPeriodMs ? plan.startIntervalMs : plan.intervalMs;
}
