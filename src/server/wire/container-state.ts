import type { Health, ContainerState as WireState } from "../../protocol/generated/types.ts";
import { humanDuration } from "../../protocol/human-duration.ts";
import type { ContainerRecord, ContainerState, HealthRecord } from "../../records/container-record.ts";
import { zeroTime } from "./zero-time.ts";

type Plain = Exclude<ContainerState, { status: "removing" }>;

export function wireState({ state, health }: ContainerRecord): NonNullable<WireState> {
  const inner: Plain = state.status === "removing" ? state.before : state;
  const running = inner.status === "running" || inner.status === "paused" || inner.status === "restarting";
  return {
    Status: state.status,
    // A container between two runs counts as running, for Docker and its clients.
    Running: running,
    Paused: inner.status === "paused",
    Restarting: inner.status === "restarting",
    OOMKilled: "oomKilled" in inner && inner.oomKilled,
    Dead: state.status === "dead",
    Pid: "pid" in inner ? inner.pid : 0,
    ExitCode: "exitCode" in inner ? (inner.exitCode ?? 0) : 0,
    Error: ("error" in inner && inner.error) || "",
    StartedAt: "startedAt" in inner ? inner.startedAt : zeroTime,
    FinishedAt: "finishedAt" in inner ? inner.finishedAt : zeroTime,
    ...(health && { Health: wireHealth(health) }),
  };
}

function wireHealth(health: HealthRecord): NonNullable<Health> {
  return {
    Status: health.status,
    FailingStreak: health.failingStreak,
    Log: health.log.map((probe) => ({
      Start: probe.start,
      End: probe.end,
      ExitCode: probe.exitCode,
      Output: probe.output,
    })),
  };
}

/** The words of the STATUS column of `docker ps`. */
export function statusText({ state, health }: ContainerRecord, now: number = Date.now()): string {
  const since = (time: string) => humanDuration((now - Date.parse(time)) / 1000);
  switch (state.status) {
    case "created":
      return "Created";
    case "running": {
      const suffix = health ? ` (${health.status === "starting" ? "health: starting" : health.status})` : "";
      return `Up ${since(state.startedAt)}${suffix}`;
    }
    case "paused":
      return `Up ${since(state.startedAt)} (Paused)`;
    case "restarting":
      return `Restarting (${state.exitCode}) ${since(state.finishedAt)} ago`;
    case "exited":
      return `Exited (${state.exitCode}) ${since(state.finishedAt)} ago`;
    case "dead":
      return "Dead";
    case "removing":
      return "Removal In Progress";
    default:
      return state satisfies never;
  }
}
