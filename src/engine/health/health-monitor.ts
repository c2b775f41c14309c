import { messageOf } from "../../errors/engine-error.ts";
import { log } from "../../lib/log.ts";
import type { Healthcheck } from "../../oci/image-config.ts";
import type { ContainerId, HealthRecord } from "../../records/container-record.ts";
import type { Clock } from "./clock.ts";
import { type HealthSettings, healthSettings } from "./health-settings.ts";
import { afterProbe, pauseBefore, startingHealth, stoppedHealth } from "./health-transition.ts";
import { type ProbeResult, type ProbeTools, runProbe } from "./probes.ts";

/** A running container that is to be watched. */
export interface WatchedContainer {
  readonly id: ContainerId;
  readonly check: Healthcheck | undefined;
  readonly shell?: readonly string[] | null | undefined;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly health?: HealthRecord | undefined;
}

export interface HealthMonitorOptions {
  readonly clock: Clock;
  readonly tools: ProbeTools;
  /** Keeps the new health; called after every probe. `changed`: the status is another one than before. */
  readonly save: (id: ContainerId, health: HealthRecord, changed: boolean) => void;
}

/**
 * Probes containers at their intervals. One probe of a container runs at a time, the next
 * pause begins when it has ended. All that must outlive the engine is in the health record:
 * `resume` goes on from the last probe, as if the engine had never been away.
 */
export class HealthMonitor implements Disposable {
  readonly #options: HealthMonitorOptions;
  readonly #watches = new Map<ContainerId, Watch>();

  constructor(options: HealthMonitorOptions) {
    this.#options = options;
  }

  /** For a container that has just started. Returns its health to record; undefined without a check. */
  start(container: WatchedContainer): HealthRecord | undefined {
    const settings = healthSettings(container.check);
    if (!settings) return undefined;
    const health = startingHealth(container.health);
    this.#watch(container, settings, health, container.startedAt);
    return health;
  }

  /** For a container that ran on while no engine was there. An overdue probe is made at once. */
  resume(container: WatchedContainer): void {
    const settings = healthSettings(container.check);
    if (!settings) return;
    const health = container.health ?? startingHealth();
    const last = health.log.at(-1);
    const lastEnd = last ? Date.parse(last.end) || 0 : 0;
    this.#watch(container, settings, health, Math.max(lastEnd, container.startedAt));
  }

  /** Ends the watching, for a container that stops. Returns the health to record from now on. */
  stop(id: ContainerId): HealthRecord | undefined {
    const watch = this.#watches.get(id);
    if (!watch) return undefined;
    watch.end();
    this.#watches.delete(id);
    return stoppedHealth(watch.health);
  }

  /** For the end of the engine: containers run on, nothing is recorded. */
  [Symbol.dispose](): void {
    for (const watch of this.#watches.values()) watch.end();
    this.#watches.clear();
  }

  #watch(container: WatchedContainer, settings: HealthSettings, health: HealthRecord, from: number): void {
    this.#watches.get(container.id)?.end();
    const watch = new Watch(this.#options, container, settings, health);
    this.#watches.set(container.id, watch);
    watch.plan(from);
  }
}

/** The watching of one container from its start, or the engine's, to its stop. */
class Watch {
  readonly #options: HealthMonitorOptions;
  readonly #container: WatchedContainer;
  readonly #settings: HealthSettings;
  readonly #stopped = new AbortController();
  #cancelTimer = () => {};
  health: HealthRecord;

  constructor(
    options: HealthMonitorOptions,
    container: WatchedContainer,
    settings: HealthSettings,
    health: HealthRecord,
  ) {
    this.#options = options;
    this.#container = container;
    this.#settings = settings;
    this.health = health;
  }

  /** Sets the timer for the next probe; `from` is when the pause began. */
  plan(from: number): void {
    const { clock } = this.#options;
    const pause = pauseBefore(this.health, this.#settings, clock.now() - this.#container.startedAt);
    this.#cancelTimer = clock.after(Math.max(0, from + pause - clock.now()), () => {
      this.#probe().catch((error) =>
        log.error("health check broke", { container: this.#container.id, error: messageOf(error) }),
      );
    });
  }

  end(): void {
    this.#cancelTimer();
    this.#stopped.abort();
  }

  async #probe(): Promise<void> {
    const { clock, save } = this.#options;
    const [began, start] = [clock.now(), clock.timestamp()];
    const result = await this.#run();
    // A probe cut off by the container's stop says nothing about its health.
    if (this.#stopped.signal.aborted) return;
    const probe = { start, end: clock.timestamp(), ...result };
    const before = this.health.status;
    this.health = afterProbe(this.health, probe, this.#settings, began - this.#container.startedAt);
    save(this.#container.id, this.health, this.health.status !== before);
    // `save` may have stopped the container.
    if (!this.#stopped.signal.aborted) this.plan(clock.now());
  }

  async #run(): Promise<ProbeResult> {
    const { clock, tools } = this.#options;
    const { timeout, test } = this.#settings;
    const tooLong = new AbortController();
    const cancelTimer = clock.after(timeout, () => tooLong.abort());
    const signal = AbortSignal.any([tooLong.signal, this.#stopped.signal]);
    try {
      const { id, shell } = this.#container;
      const result = await runProbe({ id, test, shell }, tools, signal);
      if (!tooLong.signal.aborted) return result;
      return { exitCode: -1, output: `Health check exceeded timeout (${goDuration(timeout)})` };
    } finally {
      cancelTimer();
    }
  }
}

/** Milliseconds as Go prints a duration: `500ms`, `1.5s`, `1m0s`, `1h0m0s`. */
export function goDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${milliseconds}ms`;
  const hours = Math.floor(milliseconds / 3_600_000);
  const minutes = Math.floor(milliseconds / 60_000) % 60;
  const seconds = (milliseconds % 60_000) / 1000;
  if (hours > 0) return `${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`;
}
