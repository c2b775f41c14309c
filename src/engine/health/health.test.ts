import { describe, expect, test } from "bun:test";
import { ManualClock, settle } from "../../../tests/fakes/manual-clock.ts";
import type { HealthRecord } from "../../records/container-record.ts";
import { monitorHealth } from "./health-monitor.ts";
import { type HealthPlan, healthPlan, type Probe } from "./health-plan.ts";
import { afterProbe, nextProbeInMs, startingHealth } from "./health-state.ts";

const startedAt = "2026-01-01T00:00:00.000000000Z";
const plan: HealthPlan = {
  probe: { kind: "exec", command: ["check"] },
  intervalMs: 10_000,
  timeoutMs: 2_000,
  retries: 3,
  startPeriodMs: 0,
  startIntervalMs: 1_000,
};

describe("healthPlan", () => {
  const probeOf = (Test: string[], Shell?: string[]) =>
    healthPlan({ Healthcheck: { Test }, ...(Shell && { Shell }) })?.probe;

  test("defaults are Docker's", () => {
    expect(healthPlan({ Healthcheck: { Test: ["CMD", "x"] } })).toEqual({
      probe: { kind: "exec", command: ["x"] },
      intervalMs: 30_000,
      timeoutMs: 30_000,
      retries: 3,
      startPeriodMs: 0,
      startIntervalMs: 5_000,
    });
    expect(healthPlan({ Healthcheck: { Test: ["CMD", "x"], Interval: 5e8, Retries: 1 } })).toMatchObject({
      intervalMs: 500,
      retries: 1,
    });
  });

  test("kinds of probes", () => {
    expect(probeOf(["CMD-SHELL", "a b"])).toEqual({ kind: "exec", command: ["/bin/sh", "-c", "a b"] });
    expect(probeOf(["CMD-SHELL", "a"], ["/bin/ash", "-c"])).toEqual({
      kind: "exec",
      command: ["/bin/ash", "-c", "a"],
    });
    expect(probeOf(["HTTP", "http://localhost/"])).toEqual({ kind: "http", url: "http://localhost/" });
    expect(probeOf(["TCP", "80"])).toEqual({ kind: "tcp", host: "127.0.0.1", port: 80 });
    expect(probeOf(["TCP", "[::1]:80"])).toEqual({ kind: "tcp", host: "::1", port: 80 });
  });

  test("no health check", () => {
    expect(healthPlan({})).toBeUndefined();
    for (const nothing of [[], ["NONE"], ["CMD"]]) expect(probeOf(nothing)).toBeUndefined();
  });
});

describe("afterProbe", () => {
  const probe = (second: number, exitCode: number, output = "") => {
    const time = new Date(Date.parse(startedAt) + second * 1000).toISOString();
    return { start: time, end: time, exitCode, output };
  };
  const run = (codes: number[], changes: Partial<HealthPlan> = {}) =>
    codes.reduce(
      (health, code, i) => afterProbe(health, probe(i, code), { ...plan, ...changes }, startedAt),
      startingHealth(),
    );

  test("one success heals, as many failures as retries make ill", () => {
    expect(run([1, 1])).toMatchObject({ status: "starting", failingStreak: 2 });
    expect(run([1, 1, 1])).toMatchObject({ status: "unhealthy", failingStreak: 3 });
    expect(run([1, 1, 1, 0])).toMatchObject({ status: "healthy", failingStreak: 0 });
    expect(run([0, 1, 1])).toMatchObject({ status: "healthy", failingStreak: 2 });
    expect(run([0, 1, 1, 1, 1])).toMatchObject({ status: "unhealthy", failingStreak: 4 });
  });

  test("failures in the start period do not count, until it has been healthy once", () => {
    expect(run([1, 1, 1, 1], { startPeriodMs: 3_000 })).toMatchObject({
      status: "starting",
      failingStreak: 1,
    });
    expect(run([0, 1, 1, 1], { startPeriodMs: 60_000 })).toMatchObject({ status: "unhealthy" });
  });

  test("the last five probes are kept, over restarts as well, with at most 4096 bytes each", () => {
    const health = run([1, 2, 3, 4, 5, 6]);
    expect(health.log.map(({ exitCode }) => exitCode)).toEqual([2, 3, 4, 5, 6]);
    expect(startingHealth(health)).toEqual({ status: "starting", failingStreak: 0, log: health.log });
    const long = afterProbe(startingHealth(), probe(0, 0, `x${"ä".repeat(3000)}`), plan, startedAt);
    expect(long.log[0]?.output).toBe(`x${"ä".repeat(2047)}...`);
  });
});

test("nextProbeInMs is shorter while a container starts within its start period", () => {
  const slow = { ...plan, startPeriodMs: 5_000 };
  expect(nextProbeInMs(slow, startingHealth(), 4_999)).toBe(1_000);
  expect(nextProbeInMs(slow, startingHealth(), 5_000)).toBe(10_000);
  expect(nextProbeInMs(slow, { ...startingHealth(), status: "healthy" }, 0)).toBe(10_000);
});

describe("monitorHealth", () => {
  type Answer = (signal: AbortSignal) => Promise<{ exitCode: number; output: string }>;

  function monitor(answer: Answer, changes: Partial<HealthPlan> = {}) {
    const clock = new ManualClock(Date.parse(startedAt));
    const seen: { health: HealthRecord; changed: boolean; at: number }[] = [];
    const probes: Probe[] = [];
    const stop = new AbortController();
    const done = monitorHealth(
      {
        plan: { ...plan, ...changes },
        startedAt,
        health: startingHealth(),
        clock,
        runProbe: (probe, signal) => {
          probes.push(probe);
          return answer(signal);
        },
        onProbe: (health, changed) => seen.push({ health, changed, at: clock.now() - Date.parse(startedAt) }),
      },
      stop.signal,
    );
    return { clock, seen, probes, stop, done };
  }

  test("probes at every interval and tells changes apart", async () => {
    const codes = [1, 1, 1, 1, 0];
    const { clock, seen, probes, stop, done } = monitor(async () => ({
      exitCode: codes.shift() ?? 0,
      output: "",
    }));
    await clock.advance(9_999);
    expect(probes).toHaveLength(0);
    await clock.advance(60_001);
    expect(seen.map(({ health, changed }) => [health.status, changed])).toEqual([
      ["starting", false],
      ["starting", false],
      ["unhealthy", true],
      ["unhealthy", false],
      ["healthy", true],
      ["healthy", false],
      ["healthy", false],
    ]);
    stop.abort();
    await done;
    expect(clock.nextWakeInMs).toBeUndefined();
  });

  test("a probe that takes too long failed, and the next waits until it has ended", async () => {
    const { clock, seen, stop, done } = monitor(
      (signal) =>
        new Promise((resolve) =>
          signal.addEventListener("abort", () => resolve({ exitCode: 137, output: "half" })),
        ),
    );
    await clock.advance(12_000);
    expect(seen).toHaveLength(1);
    expect(seen[0]?.health.log[0]).toMatchObject({
      exitCode: -1,
      output: "Health check exceeded timeout (2s): half",
      start: "2026-01-01T00:00:10.000Z",
      end: "2026-01-01T00:00:12.000Z",
    });
    expect(clock.nextWakeInMs).toBe(10_000);
    stop.abort();
    await done;
  });

  test("a probe that cannot run failed with the reason", async () => {
    const { clock, seen, stop, done } = monitor(async () => {
      throw new Error("no such file");
    });
    await clock.advance(10_000);
    expect(seen[0]?.health.log[0]).toMatchObject({ exitCode: -1, output: "no such file" });
    stop.abort();
    await done;
  });

  test("start interval and start period", async () => {
    const codes = [1, 1, 0];
    const { clock, seen, stop, done } = monitor(async () => ({ exitCode: codes.shift() ?? 0, output: "" }), {
      startPeriodMs: 60_000,
    });
    await clock.advance(30_000);
    expect(seen.map(({ at }) => at)).toEqual([1_000, 2_000, 3_000, 13_000, 23_000]);
    expect(seen[1]?.health.failingStreak).toBe(0);
    stop.abort();
    await done;
  });

  test("stopping while a probe runs ends it and tells nobody", async () => {
    let aborted = false;
    const { clock, seen, stop, done } = monitor(
      (signal) =>
        new Promise((_, reject) =>
          signal.addEventListener("abort", () => {
            aborted = true;
            reject(signal.reason);
          }),
        ),
    );
    await clock.advance(10_500);
    stop.abort();
    await done;
    await settle();
    expect(aborted).toBe(true);
    expect(seen).toEqual([]);
    expect(clock.nextWakeInMs).toBeUndefined();
  });
});
