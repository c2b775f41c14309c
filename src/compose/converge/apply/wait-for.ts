import { internal, messageOf } from "../../../errors/engine-error.ts";
import type { ContainerInspectResponse } from "../../../protocol/generated/types.ts";
import type { ComposeContext } from "../../compose-context.ts";
import type { ObservedContainer } from "../../observe/observed.ts";
import { containerTask } from "../../task.ts";
import type { Work } from "../step.ts";
import { standingOf } from "./conditions.ts";
import type { ContainerWatch } from "./container-watch.ts";

type Wait = Extract<Work, { kind: "wait" }>;

/** Milliseconds after which something that was started is said to run. */
const firstMoment = 500;

/** Waits until a service has come to what another one, or the user, waits for. */
export async function waitFor(
  { engine, report, warn, dryRun }: Pick<ComposeContext, "engine" | "report" | "warn" | "dryRun">,
  watch: ContainerWatch,
  containers: readonly ObservedContainer[],
  wait: Wait,
  halted: AbortSignal,
): Promise<void> {
  const tell = (status: "working" | "done" | "warning" | "error", text: string) => {
    for (const { name } of containers) report({ id: containerTask(name), status, text });
  };
  const look = async () => {
    const inspected: readonly ContainerInspectResponse[] = await Promise.all(
      containers.map(({ id }) => engine.call("ContainerInspect", { params: { id }, signal: halted })),
    );
    return standingOf(wait.service, inspected, wait.condition);
  };
  tell("working", "Waiting");
  if (dryRun) return tell("done", wait.condition === "service_completed_successfully" ? "Exited" : "Healthy");
  try {
    const ids = new Set(containers.map(({ id }) => id));
    let standing = await watch.until(ids, look, halted);
    if (wait.condition === "running_or_healthy") {
      // What dies at once does not run: the first moment is waited for, as Docker Compose does.
      await Bun.sleep(firstMoment);
      standing = await watch.until(ids, look, halted);
    }
    tell("done", standing === "exited" ? "Exited" : "Healthy");
  } catch (error) {
    if (halted.aborted) throw error;
    if (!wait.required) {
      const reason = optionalReason(wait, messageOf(error));
      tell("warning", `Skipped: ${reason.short}`);
      warn(reason.long);
      return;
    }
    const said = requiredReason(wait, messageOf(error));
    tell("error", wait.condition === "service_completed_successfully" ? said : "Error");
    throw internal(said, error);
  }
}

function requiredReason({ condition, dependent }: Wait, message: string): string {
  if (condition === "service_completed_successfully") return `service ${message}`;
  return dependent === undefined ? message : `dependency failed to start: ${message}`;
}

function optionalReason({ condition, service }: Wait, message: string): { short: string; long: string } {
  if (condition === "service_completed_successfully") {
    const text = `optional dependency ${message}`;
    return { short: text, long: text };
  }
  const short = `optional dependency ${JSON.stringify(service)} failed to start`;
  return { short, long: `${short}: ${message}` };
}
