import { expect, test } from "bun:test";
import type { HealthProbe } from "../../records/container-record.ts";
import { afterProbe, type HealthPlan, healthPlan, nextProbeIn, startingHealth } from "./health-state.ts";

const at = (seconds: number) => new Date(1_700_000_000_000 + seconds * 1000).toISOString();
const probe = (exitCode: number, seconds = 0, output = ""): HealthProbe => ({
  start: at(seconds),
  end: at(seconds),
  exitCode,
  output,
});
const plan = (extra: Partial<HealthPlan> = {}): HealthPlan => ({
  test: { kind: "shell", command: "true" },
  intervalMs: 30_000,
  timeoutMs: 30_000,
  retries: 3,
  startPeriodMs: 0,
  startIntervalMs: 5_000,
  ...extra,
});

test("healthPlan() fills Docker's defaults and knows when there is no check", () => {
  expect(healthPlan({ Test: ["CMD-SHELL", "true"] })).toEqual(plan());
  expect(healthPlan(undefined)).toBeUndefined();
  expect(healthPlan({ Test: ["NONE"] })).toBeUndefined();
  expect(healthPlan({ Test: [] })).toBeUndefined();
});

test("healthPlan() takes a lone URL as a probe of the engine's own", () => {
  const testOf = (...words: string[]) => healthPlan({ Test: words })?.test;
  expect(testOf("CMD-SHELL", "http://localhost:80/ok")).toEqual({
    kind: "http",
    url: "http://localhost:80/ok",
  });
  expect(testOf("CMD", "tcp://[::1]:5432")).toEqual({ kind: "tcp", host: "::1", port: 5432 });
  expect(testOf("CMD", "curl", "http://localhost")).toEqual({
    kind: "command",
    command: ["curl", "http://localhost"],
  });
  expect(testOf("CMD-SHELL", "wget http://localhost")).toEqual({
    kind: "shell",
    command: "wget http://localhost",
  });
});

test("afterProbe() becomes unhealthy after the retries and healthy at once", () => {
  let health = startingHealth;
  for (const expected of ["starting", "starting", "unhealthy"]) {
    health = afterProbe(health, probe(1), plan(), at(0));
    expect(health.status as string).toBe(expected);
  }
  health = afterProbe(health, probe(0), plan(), at(0));
  expect(health).toMatchObject({ status: "healthy", failingStreak: 0 });
});

test("afterProbe() does not count failures of the start period", () => {
  const slow = plan({ startPeriodMs: 60_000, retries: 1 });
  const early = afterProbe(startingHealth, probe(1, 59), slow, at(0));
  expect(early).toMatchObject({ status: "starting", failingStreak: 0 });
  expect(afterProbe(early, probe(1, 61), slow, at(0)).status).toBe("unhealthy");
});

test("afterProbe() keeps five probes and caps their output", () => {
  let health = startingHealth;
  for (let n = 0; n < 7; n++) health = afterProbe(health, probe(0, n, "x".repeat(5000)), plan(), at(0));
  expect(health.log.length).toBe(5);
  expect(health.log[0]?.start).toBe(at(2));
  expect(health.log[0]?.output.length).toBe(4096);
});

test("nextProbeIn() asks more often in the start period", () => {
  const slow = plan({ startPeriodMs: 60_000 });
  expect(nextProbeIn(startingHealth, slow, 1000)).toBe(5_000);
  expect(nextProbeIn(startingHealth, slow, 61_000)).toBe(30_000);
  expect(nextProbeIn({ ...startingHealth, status: "healthy" }, slow, 1000)).toBe(30_000);
});
