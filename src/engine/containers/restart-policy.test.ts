import { describe, expect, test } from "bun:test";
import { sampleContainer, sampleHostConfig } from "../../../tests/fakes/container-samples.ts";
import type { RestartPolicy } from "../../records/container-config.ts";
import type { ContainerState } from "../../records/container-record.ts";
import { decideRestart, type RestartInput, shouldStartAtBoot } from "./restart-policy.ts";

const policy = (Name: RestartPolicy["Name"], MaximumRetryCount = 0): RestartPolicy => ({
  Name,
  MaximumRetryCount,
});

function decide(changes: Partial<RestartInput>) {
  return decideRestart({
    policy: policy("always"),
    exitCode: 1,
    restartCount: 0,
    manuallyStopped: false,
    ranForMs: 500,
    previousDelayMs: 0,
    unhealthy: false,
    ...changes,
  });
}

describe("decideRestart", () => {
  test("the delay doubles from 100 ms to a minute and stays there", () => {
    const delays: number[] = [];
    let previousDelayMs = 0;
    for (let i = 0; i < 12; i++) {
      previousDelayMs = decide({ previousDelayMs }).delayMs;
      delays.push(previousDelayMs);
    }
    expect(delays.slice(0, 4)).toEqual([100, 200, 400, 800]);
    expect(delays.slice(-2)).toEqual([60_000, 60_000]);
  });

  test("ten seconds of life start the delay over", () => {
    expect(decide({ previousDelayMs: 6400, ranForMs: 10_000 }).delayMs).toBe(100);
    expect(decide({ previousDelayMs: 6400, ranForMs: 9_999 }).delayMs).toBe(12_800);
  });

  test("always and unless-stopped restart whatever the exit code", () => {
    for (const name of ["always", "unless-stopped"] as const) {
      expect(decide({ policy: policy(name), exitCode: 0 }).restart).toBe(true);
    }
    expect(decide({ policy: policy("no") }).restart).toBe(false);
    expect(decide({ policy: policy("") }).restart).toBe(false);
  });

  test("on-failure wants a failure and counts", () => {
    expect(decide({ policy: policy("on-failure"), exitCode: 0 }).restart).toBe(false);
    expect(decide({ policy: policy("on-failure"), restartCount: 900 }).restart).toBe(true);
    expect(decide({ policy: policy("on-failure", 3), restartCount: 2 }).restart).toBe(true);
    expect(decide({ policy: policy("on-failure", 3), restartCount: 3 }).restart).toBe(false);
  });

  test("on-unhealthy restarts the unhealthy and the failed, and counts", () => {
    const asked = { policy: policy("on-unhealthy", 1) };
    expect(decide({ ...asked, exitCode: 0, unhealthy: true }).restart).toBe(true);
    expect(decide({ ...asked, exitCode: 2 }).restart).toBe(true);
    expect(decide({ ...asked, exitCode: 0 }).restart).toBe(false);
    expect(decide({ ...asked, unhealthy: true, restartCount: 1 }).restart).toBe(false);
  });

  test("what a person stopped stays stopped", () => {
    for (const name of ["always", "unless-stopped", "on-failure", "on-unhealthy"] as const) {
      expect(decide({ policy: policy(name), manuallyStopped: true })).toEqual({ restart: false, delayMs: 0 });
    }
  });
});

describe("shouldStartAtBoot", () => {
  const times = { startedAt: "2026-01-01T00:00:00Z", finishedAt: "2026-01-01T00:01:00Z" };
  const exited = (exitCode: number) => ({
    status: "exited" as const,
    exitCode,
    oomKilled: false,
    ...times,
  });
  const boots = (name: RestartPolicy, state: ContainerState, manuallyStopped = false) =>
    shouldStartAtBoot(
      sampleContainer({ hostConfig: sampleHostConfig({ RestartPolicy: name }), state, manuallyStopped }),
    );

  test("always starts even what a person stopped; unless-stopped and on-failure do not", () => {
    expect(boots(policy("always"), exited(0), true)).toBe(true);
    expect(boots(policy("unless-stopped"), exited(0), true)).toBe(false);
    expect(boots(policy("unless-stopped"), exited(0))).toBe(true);
    expect(boots(policy("on-failure"), exited(137), true)).toBe(false);
    expect(boots(policy("on-failure"), exited(137))).toBe(true);
    expect(boots(policy("on-failure"), exited(0))).toBe(false);
    expect(boots(policy("no"), exited(1))).toBe(false);
  });

  test("a container that waited for its restart goes on", () => {
    expect(boots(policy("always"), { status: "restarting", exitCode: 1, ...times })).toBe(true);
  });

  test("what was never started, runs, is dead or is being removed is left alone", () => {
    expect(boots(policy("always"), { status: "created" })).toBe(false);
    expect(boots(policy("always"), { status: "running", pid: 1, startedAt: times.startedAt })).toBe(false);
    expect(boots(policy("always"), { status: "removing", before: exited(0) })).toBe(false);
  });
});
