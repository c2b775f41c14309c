import { messageOf } from "../../errors/engine-error.ts";
import type { HealthRecord } from "../../records/container-record.ts";
import type { HealthPlan, Probe } from "./health-plan.ts";
import { afterProbe, nextProbeInMs } from "./health-state.ts";

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after the time, or rejects when the signal fires. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export interface HealthMonitorOptions {
  readonly plan: HealthPlan;
  /** When the process started, RFC 3339. */
  readonly startedAt: string;
  readonly health: HealthRecord;
  readonly clock: Clock;
  /** Runs one probe. The signal fires when it takes too long or nobody wants to know any more. */
  readonly runProbe: (probe: Probe, signal: AbortSignal) => Promise<{ exitCode: number; output: string }>;
  /** After every probe; `changed` when the status is another now, for the event `health_status: …`. */
  readonly onProbe: (health: HealthRecord, changed: boolean) => void;
}

/** Probes one running container until `signal` fires; a paused or stopped container has none. Never rejects. */
export async function monitorHealth(options: HealthMonitorOptions, signal: AbortSignal): Promise<void> {
  const { plan, clock } = options;
  const startedAt = Date.parse(options.startedAt);
  let health = options.health;
  while (!signal.aborted) {
    try {
      await clock.sleep(nextProbeInMs(plan, health, clock.now() - startedAt), signal);
    } catch {
      return;
    }
    const start = timestamp(clock.now());
    const result = await probeOnce(options, signal);
    if (signal.aborted) return;
    const before = health.status;
    health = afterProbe(health, { start, end: timestamp(clock.now()), ...result }, plan, options.startedAt);
    options.onProbe(health, health.status !== before);
  }
}

const timestamp = (ms: number) => new Date(ms).toISOString();

/** A probe that does not end in time failed with -1. It is waited for: dying probes must not pile up. */
async function probeOnce(options: HealthMonitorOptions, signal: AbortSignal) {
  const { plan, clock, runProbe } = options;
  const tooLong = new AbortController();
  const done = new AbortController();
  const timer = clock.sleep(plan.timeoutMs, done.signal).then(
    () => tooLong.abort(),
    () => undefined,
  );
  let output = "";
  let exitCode = -1;
  try {
    ({ exitCode, output } = await runProbe(plan.probe, AbortSignal.any([signal, tooLong.signal])));
  } catch (error) {
    output = tooLong.signal.aborted ? "" : messageOf(error);
  }
  done.abort();
  await timer;
  if (!tooLong.signal.aborted) return { exitCode, output };
  const exceeded = `Health check exceeded timeout (${inSeconds(plan.timeoutMs)})`;
  return { exitCode: -1, output: output === "" ? exceeded : `${exceeded}: ${output}` };
}

/** As Go prints durations: `30s`, `1m30s`, `500ms`. */
function inSeconds(ms: number): string {
  if (ms < 1000) return `${ms}ms`;
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor((ms % 3_600_000) / 60_000);
  const seconds = (ms % 60_000) / 1000;
  return `${hours > 0 ? `${hours}h` : ""}${hours > 0 || minutes > 0 ? `${minutes}m` : ""}${seconds}s`;
}
