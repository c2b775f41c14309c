import { millisecondsOf } from "../../lib/timestamp.ts";
import type { Healthcheck } from "../../oci/image-config.ts";
import type { HealthProbe, HealthRecord } from "../../records/container-record.ts";

/** A health check with every default filled in; times in milliseconds. */
export interface HealthPlan {
  readonly test: HealthTest;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly startPeriodMs: number;
  readonly startIntervalMs: number;
}

/** `http` and `tcp` are ours: the engine asks inside the container's network, no shell needed. */
export type HealthTest =
  | { readonly kind: "command"; readonly command: readonly string[] }
  | { readonly kind: "shell"; readonly command: string }
  | { readonly kind: "http"; readonly url: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number };

const keptProbes = 5;
const keptOutput = 4096;

/** What to do for a container with this check; undefined when it has none or it is switched off. */
export function healthPlan(check: Healthcheck | undefined): HealthPlan | undefined {
  const test = check && parseTest(check.Test ?? []);
  if (!test) return undefined;
  const ms = (nano: number | undefined, otherwise: number) => (nano ? nano / 1e6 : otherwise);
  return {
    test,
    intervalMs: ms(check.Interval, 30_000),
    timeoutMs: ms(check.Timeout, 30_000),
    retries: check.Retries || 3,
    startPeriodMs: ms(check.StartPeriod, 0),
    startIntervalMs: ms(check.StartInterval, 5_000),
  };
}

function parseTest([kind, ...rest]: readonly string[]): HealthTest | undefined {
  if (kind !== "CMD" && kind !== "CMD-SHELL") return undefined;
  const [first = ""] = rest;
  return (
    (rest.length === 1 ? builtInTest(first.trim()) : undefined) ??
    (kind === "CMD" ? { kind: "command", command: rest } : { kind: "shell", command: first })
  );
}

/** A lone URL is no command in any shell, so it can mean a probe with every client there is. */
function builtInTest(text: string): HealthTest | undefined {
  if (/^https?:\/\/\S+$/.test(text)) return { kind: "http", url: text };
  const tcp = /^tcp:\/\/(\[[0-9a-fA-F:]+\]|[^:/\s]+):(\d{1,5})\/?$/.exec(text);
  if (!tcp) return undefined;
  return { kind: "tcp", host: (tcp[1] ?? "").replace(/^\[|\]$/g, ""), port: Number(tcp[2]) };
}

export const startingHealth: HealthRecord = { status: "starting", failingStreak: 0, log: [] };

/** The record after one more probe. Failures in the start period do not count until it was healthy once. */
export function afterProbe(
  before: HealthRecord,
  probe: HealthProbe,
  plan: HealthPlan,
  startedAt: string,
): HealthRecord {
  const log = [...before.log, { ...probe, output: capped(probe.output) }].slice(-keptProbes);
  if (probe.exitCode === 0) return { status: "healthy", failingStreak: 0, log };
  const inStartPeriod =
    before.status === "starting" &&
    millisecondsOf(probe.start) - millisecondsOf(startedAt) < plan.startPeriodMs;
  const failingStreak = inStartPeriod ? before.failingStreak : before.failingStreak + 1;
  return {
    status: failingStreak >= plan.retries ? "unhealthy" : before.status,
    failingStreak,
    log,
  };
}

/** Milliseconds until the next probe. */
export function nextProbeIn(health: HealthRecord, plan: HealthPlan, ranForMs: number): number {
  const starting = health.status === "starting" && ranForMs < plan.startPeriodMs;
  return starting ? Math.min(plan.startIntervalMs, plan.intervalMs) : plan.intervalMs;
}

function capped(output: string): string {
  const bytes = Buffer.from(output);
  return bytes.length <= keptOutput ? output : `${bytes.subarray(0, keptOutput - 3).toString()}...`;
}
