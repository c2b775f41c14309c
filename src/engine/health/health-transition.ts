import type { HealthProbe, HealthRecord } from "../../records/container-record.ts";
import type { HealthSettings } from "./health-settings.ts";

const keptProbes = 5;

/** A container that has just started. Probes of an earlier run stay in the log. */
export function startingHealth(before?: HealthRecord): HealthRecord {
  return { status: "starting", failingStreak: 0, log: before?.log ?? [] };
}

/** Nobody looks any more: Docker calls a container without its monitor unhealthy. */
export function stoppedHealth(before: HealthRecord): HealthRecord {
  return { ...before, status: "unhealthy" };
}

/**
 * What a probe makes of the health so far. Success is healthy at once. A failure counts,
 * except before the first success within the start period; `retries` failures in a row are
 * unhealthy. `sinceStart`: milliseconds from the container's start to the probe's.
 */
export function afterProbe(
  health: HealthRecord,
  probe: HealthProbe,
  settings: HealthSettings,
  sinceStart: number,
): HealthRecord {
  const log = [...health.log, probe].slice(-keptProbes);
  if (probe.exitCode === 0) return { status: "healthy", failingStreak: 0, log };
  if (health.status === "starting" && sinceStart < settings.startPeriod) return { ...health, log };
  const failingStreak = health.failingStreak + 1;
  return {
    status: failingStreak >= settings.retries ? "unhealthy" : health.status,
    failingStreak,
    log,
  };
}

/** The pause before the next probe: shorter while a container is still starting. */
export function pauseBefore(health: HealthRecord, settings: HealthSettings, sinceStart: number): number {
  const starting = health.status === "starting" && sinceStart < settings.startPeriod;
  return starting ? settings.startInterval : settings.interval;
}
