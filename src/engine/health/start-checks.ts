import { messageOf } from "../../errors/engine-error.ts";
import { log } from "../../lib/log.ts";
import { millisecondsOf, now } from "../../lib/timestamp.ts";
import type { HealthProbe } from "../../records/container-record.ts";
import { publishContainerEvent } from "../containers/events.ts";
import type { LiveContainer } from "../containers/live-container.ts";
import { stopForRestart } from "../containers/stop.ts";
import type { EngineContext } from "../context.ts";
import { afterProbe, type HealthPlan, healthPlan, nextProbeIn, startingHealth } from "./health-state.ts";
import { runProbe } from "./run-probe.ts";
import { standingChanged } from "./standing.ts";

/**
 * Probes a running container until it ends: started with the container, and again by an
 * engine that found it running, which goes on from the recorded state.
 */
export function startHealthChecks(
  context: EngineContext,
  container: LiveContainer,
  options: { resumed: boolean } = { resumed: false },
): void {
  container.stopHealth?.();
  const plan = healthPlan(container.record.config.Healthcheck);
  if (!plan) return;
  if (!options.resumed || !container.record.health) {
    context.containers.update(container, { health: startingHealth });
  }
  const stop = new AbortController();
  container.stopHealth = () => stop.abort();
  void context.background.run(`health of ${container.id}`, () =>
    checkUntil(context, container, plan, stop.signal),
  );
}

async function checkUntil(
  context: EngineContext,
  container: LiveContainer,
  plan: HealthPlan,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const { health = startingHealth, state } = container.record;
    const startedAt = "startedAt" in state ? state.startedAt : now();
    await pause(nextProbeIn(health, plan, Date.now() - millisecondsOf(startedAt)), signal);
    if (signal.aborted || !container.isRunning) return;
    if (container.record.state.status === "paused") continue;
    const probe = await runProbe(context, container, plan, signal);
    if (signal.aborted || !container.isRunning) return;
    await noteProbe(context, container, plan, probe, startedAt);
  }
}

async function noteProbe(
  context: EngineContext,
  container: LiveContainer,
  plan: HealthPlan,
  probe: HealthProbe,
  startedAt: string,
): Promise<void> {
  const before = container.record.health ?? startingHealth;
  const health = afterProbe(before, probe, plan, startedAt);
  context.containers.update(container, { health });
  if (health.status === before.status) return;
  publishContainerEvent(context, container, `health_status: ${health.status}`);
  await standingChanged(context, container).catch((error) => {
    log.error(`health gate: ${messageOf(error)}`, { container: container.id });
  });
  const { Name } = container.record.hostConfig.RestartPolicy;
  if (health.status !== "unhealthy" || Name !== "on-unhealthy") return;
  log.warn("restarting an unhealthy container", { container: container.id });
  container.failedHealth = true;
  try {
    await stopForRestart(context, container);
  } catch (error) {
    log.error(`restart of an unhealthy container: ${messageOf(error)}`, { container: container.id });
  }
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  const stop = () => resolve();
  signal.addEventListener("abort", stop, { once: true });
  await promise;
  clearTimeout(timer);
  signal.removeEventListener("abort", stop);
}
