import type { ContainerRecord } from "../../records/container-record.ts";
import type { RunningProcess, Task } from "../../runtime/runtime.ts";
import type { PendingStream } from "../attach/pending-stream.ts";
import type { WaitResult } from "../services/containers.ts";

/** Someone waits for this condition of a container. */
export interface Waiter {
  readonly condition: "exit" | "removed";
  resolve(result: WaitResult): void;
}

/** A container of this engine: its record and what only exists while the engine runs. */
export class LiveContainer {
  record: ContainerRecord;
  /** The process, from the moment the shim listens until the exit was dealt with. */
  task: Task | undefined;
  /** Clients that attached before the start. */
  readonly pendingAttach = new Set<PendingStream>();
  readonly waiters = new Set<Waiter>();
  readonly execs = new Map<string, RunningProcess>();
  /** A restart that waits for its back-off. */
  restartTimer: Timer | undefined;
  restartDelayMs = 0;
  /** Stops the health checks of the current run. */
  stopHealth: (() => void) | undefined;
  /** The health check asked for the coming restart (`on-unhealthy`). */
  failedHealth = false;
  /** Set by stop, kill and remove: the next exit is final, whatever the policy says. */
  exitIsFinal = false;

  /** It is being stopped: others are to be led to instead. See `health/standing.ts`. */
  isLeaving = false;
  /** Nothing listens yet on the ports it shares. */
  isDeaf = false;

  /** Settles when this run, or the attempt to start it, has been dealt with; with a sentence if there is one to say. */
  ending = Promise.withResolvers<string | undefined>();

  constructor(record: ContainerRecord) {
    this.record = record;
  }

  get id() {
    return this.record.id;
  }

  get isRunning(): boolean {
    return this.record.state.status === "running" || this.record.state.status === "paused";
  }

  /** Tells attached clients that it is over, and begins the next run's waiting. */
  end(lastWords: string | undefined): void {
    this.ending.resolve(lastWords);
    this.ending = Promise.withResolvers();
  }

  /** Tells those who wait for the exit (or the removal), once. */
  settle(condition: Waiter["condition"], result: WaitResult): void {
    for (const waiter of this.waiters) {
      if (waiter.condition !== condition) continue;
      this.waiters.delete(waiter);
      waiter.resolve(result);
    }
  }
}
