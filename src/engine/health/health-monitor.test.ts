import { describe, expect, test } from "bun:test";
import { ManualClock } from "../../../tests/fakes/manual-clock.ts";
import type { Healthcheck } from "../../oci/image-config.ts";
import type { ContainerId, HealthRecord } from "../../records/container-record.ts";
import { goDuration, HealthMonitor } from "./health-monitor.ts";
import type { ProbeTools } from "./probes.ts";

const second = 1_000_000_000;
const id = "c1" as ContainerId;

function setting(options: { check?: Healthcheck; health?: HealthRecord } = {}) {
  const clock = new ManualClock();
  const began = clock.now();
  const probes: string[] = [];
  const saved: string[] = [];
  const state = { exitCode: 0, output: "", hang: false };
  let health: HealthRecord | undefined = options.health;
  const tools: ProbeTools = {
    async exec(_, command, signal, onOutput) {
      probes.push(`${(clock.now() - began) / 1000}: ${command.join(" ")}`);
      onOutput(Buffer.from(state.output));
      if (state.hang) await new Promise((resolve) => signal.addEventListener("abort", resolve));
      return state.exitCode;
    },
    connect: async () => {
      throw new Error("connection refused");
    },
  };
  const monitor = () =>
    new HealthMonitor({
      clock,
      tools,
      save(_, next, changed) {
        health = next;
        saved.push(`${next.status} ${next.failingStreak}${changed ? " changed" : ""}`);
      },
    });
  const check = { Test: ["CMD-SHELL", "probe"], Interval: 10 * second, Retries: 2, ...options.check };
  const container = () => ({ id, check, startedAt: began, health });
  return { clock, probes, saved, state, monitor, container, current: () => health };
}

test("probes come at the interval after the one before; one success is healthy", async () => {
  const room = setting();
  using monitor = room.monitor();
  expect(monitor.start(room.container())).toEqual({ status: "starting", failingStreak: 0, log: [] });
  await room.clock.advance(9_999);
  expect(room.probes).toEqual([]);
  await room.clock.advance(10_001);
  expect(room.probes).toEqual(["10: /bin/sh -c probe", "20: /bin/sh -c probe"]);
  expect(room.saved).toEqual(["healthy 0 changed", "healthy 0"]);
});

test("so many failures in a row are unhealthy, a success in between begins anew", async () => {
  const room = setting();
  using monitor = room.monitor();
  monitor.start(room.container());
  for (const exitCode of [1, 0, 1, 2, 3, 0]) {
    room.state.exitCode = exitCode;
    await room.clock.advance(10_000);
  }
  expect(room.saved).toEqual([
    "starting 1",
    "healthy 0 changed",
    "healthy 1",
    "unhealthy 2 changed",
    "unhealthy 3",
    "healthy 0 changed",
  ]);
  expect(room.current()?.log.map((probe) => probe.exitCode)).toEqual([0, 1, 2, 3, 0]);
});

test("within the start period probes are closer and failures do not count, until the first success", async () => {
  const room = setting({ check: { StartPeriod: 20 * second, StartInterval: 4 * second } });
  using monitor = room.monitor();
  monitor.start(room.container());
  room.state.exitCode = 1;
  await room.clock.advance(20_000);
  expect(room.probes.map((probe) => probe.split(":")[0])).toEqual(["4", "8", "12", "16", "20"]);
  // The one at 20 s is no longer inside.
  expect(room.saved.slice(-2)).toEqual(["starting 0", "starting 1"]);
  await room.clock.advance(10_000);
  expect(room.saved.at(-1)).toBe("unhealthy 2 changed");

  const early = setting({ check: { StartPeriod: 60 * second, StartInterval: second } });
  using other = early.monitor();
  other.start(early.container());
  await early.clock.advance(1000);
  early.state.exitCode = 1;
  await early.clock.advance(20_000);
  expect(early.probes.map((probe) => probe.split(":")[0])).toEqual(["1", "11", "21"]);
  expect(early.saved).toEqual(["healthy 0 changed", "healthy 1", "unhealthy 2 changed"]);
});

test("a probe that takes too long is stopped and fails", async () => {
  const room = setting({ check: { Timeout: 3 * second } });
  using monitor = room.monitor();
  monitor.start(room.container());
  room.state.hang = true;
  await room.clock.advance(13_000);
  expect(room.current()?.log).toEqual([
    {
      start: "2026-01-01T00:00:10.000Z",
      end: "2026-01-01T00:00:13.000Z",
      exitCode: -1,
      output: "Health check exceeded timeout (3s)",
    },
  ]);
  room.state.hang = false;
  await room.clock.advance(9_999);
  expect(room.probes).toHaveLength(1);
  await room.clock.advance(1);
  expect(room.probes).toHaveLength(2);
});

test("output is kept up to 4096 bytes", async () => {
  const room = setting();
  using monitor = room.monitor();
  monitor.start(room.container());
  room.state.output = "x".repeat(4096);
  await room.clock.advance(10_000);
  room.state.output = "y".repeat(5000);
  await room.clock.advance(10_000);
  expect(room.current()?.log.map((probe) => probe.output.length)).toEqual([4096, 4099]);
  expect(room.current()?.log[1]?.output.endsWith("y...")).toBe(true);
});

describe("after an engine restart", () => {
  test("the next probe comes when it would have come, the streak goes on", async () => {
    const room = setting();
    const first = room.monitor();
    first.start(room.container());
    room.state.exitCode = 1;
    await room.clock.advance(10_000);
    first[Symbol.dispose]();
    expect(room.clock.pendingTimers).toBe(0);
    await room.clock.advance(4_000);
    using second = room.monitor();
    second.resume(room.container());
    await room.clock.advance(5_999);
    expect(room.probes).toHaveLength(1);
    await room.clock.advance(1);
    expect(room.saved).toEqual(["starting 1", "unhealthy 2 changed"]);
  });

  test("an overdue probe is made at once", async () => {
    const room = setting();
    await room.clock.advance(60_000);
    using monitor = room.monitor();
    monitor.resume(room.container());
    await room.clock.advance(0);
    expect(room.probes).toEqual(["60: /bin/sh -c probe"]);
  });
});

test("stop() ends a running probe without recording it, and says unhealthy as Docker does", async () => {
  const room = setting();
  using monitor = room.monitor();
  monitor.start(room.container());
  room.state.hang = true;
  await room.clock.advance(10_000);
  expect(monitor.stop(id)?.status).toBe("unhealthy");
  await room.clock.advance(60_000);
  expect(room.saved).toEqual([]);
  expect(room.clock.pendingTimers).toBe(0);
  expect(monitor.stop(id)).toBeUndefined();
});

test("a start keeps the log of the run before", () => {
  const log = [{ start: "a", end: "b", exitCode: 1, output: "" }];
  const room = setting({ health: { status: "unhealthy", failingStreak: 4, log } });
  using monitor = room.monitor();
  expect(monitor.start(room.container())).toEqual({ status: "starting", failingStreak: 0, log });
});

test("nothing is watched without a test", () => {
  for (const check of [undefined, {}, { Test: [] }, { Test: ["NONE"] }]) {
    const room = setting();
    using monitor = room.monitor();
    expect(monitor.start({ id, check, startedAt: 0 })).toBeUndefined();
    expect(room.clock.pendingTimers).toBe(0);
  }
});

test("goDuration() prints as Go does", () => {
  expect([500, 1500, 30_000, 60_000, 90_500, 3_600_000].map(goDuration)).toEqual([
    "500ms",
    "1.5s",
    "30s",
    "1m0s",
    "1m30.5s",
    "1h0m0s",
  ]);
});
