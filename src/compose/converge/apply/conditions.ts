import { internal } from "../../../errors/engine-error.ts";
import type { ContainerInspectResponse } from "../../../protocol/generated/types.ts";
import type { WaitCondition } from "../plan/step.ts";

/** Where a service stands on its way to a condition; `undefined`: on its way. */
export type Standing = "healthy" | "exited" | undefined;

/** Docker's words for a condition that cannot be met any more are thrown. */
export function standingOf(
  service: string,
  containers: readonly ContainerInspectResponse[],
  condition: WaitCondition,
): Standing {
  if (condition === "service_completed_successfully") return completed(service, containers);
  return containers.every((container) => isHealthy(container, condition === "running_or_healthy"))
    ? "healthy"
    : undefined;
}

function isHealthy(container: ContainerInspectResponse, runningIsEnough: boolean): boolean {
  const name = (container.Name ?? "").replace(/^\//, "");
  const { State: state } = container;
  if (state?.Status === "exited" || state?.Status === "dead") {
    throw internal(`container ${name} exited (${state.ExitCode ?? 0})`);
  }
  const status = state?.Health?.Status;
  if (status === undefined || status === null || status === "none") {
    if (runningIsEnough) return state?.Status === "running";
    throw internal(`container ${name} has no healthcheck configured`);
  }
  if (status === "unhealthy") throw internal(`container ${name} is unhealthy`);
  return status === "healthy";
}

function completed(service: string, containers: readonly ContainerInspectResponse[]): Standing {
  const ended = containers.flatMap(({ State: state }) =>
    state?.Status === "exited" ? [state.ExitCode ?? 0] : [],
  );
  const bad = ended.find((code) => code !== 0);
  if (bad !== undefined)
    throw internal(`${JSON.stringify(service)} didn't complete successfully: exit ${bad}`);
  return ended.length === containers.length ? "exited" : undefined;
}
