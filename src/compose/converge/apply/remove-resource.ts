import { internal, isKind, messageOf } from "../../../errors/engine-error.ts";
import { failpoint } from "../../../lib/failpoint.ts";
import type { Network } from "../../../protocol/generated/types.ts";
import type { ComposeContext } from "../../compose-context.ts";
import type { Report } from "../../task.ts";

export async function removeNetwork({ engine, report }: ComposeContext, network: Network): Promise<void> {
  const name = network.Name ?? "";
  const task = `Network ${name}`;
  report({ id: task, status: "working", text: "Removing" });
  await failpoint("compose.network.remove");
  try {
    await engine.call("NetworkDelete", { params: { id: network.Id ?? name } });
  } catch (error) {
    if (isKind(error, "not_found"))
      return report({ id: task, status: "warning", text: "No resource found to remove" });
    // The one engine says 403, the other 409.
    if (isKind(error, "forbidden") || isKind(error, "conflict")) return stillUsed(report, task);
    report({ id: task, status: "error", text: "Error" });
    throw internal(`failed to remove network ${name}: ${messageOf(error)}`, error);
  }
  report({ id: task, status: "done", text: "Removed" });
}

export async function removeVolume({ engine, report }: ComposeContext, name: string): Promise<void> {
  await remove(report, `Volume ${name}`, () =>
    engine.call("VolumeDelete", { params: { name }, query: { force: true } }),
  );
}

export async function removeImage({ engine, report }: ComposeContext, name: string): Promise<void> {
  await remove(report, `Image ${name}`, () => engine.call("ImageDelete", { params: { name } }));
}

async function remove(report: Report, id: string, work: () => Promise<unknown>): Promise<void> {
  report({ id, status: "working", text: "Removing" });
  try {
    await work();
  } catch (error) {
    if (isKind(error, "conflict")) return stillUsed(report, id);
    if (!isKind(error, "not_found")) {
      report({ id, status: "error", text: "Error", details: messageOf(error) });
      throw error;
    }
    return report({ id, status: "done", text: "Warning: No resource found to remove" });
  }
  report({ id, status: "done", text: "Removed" });
}

function stillUsed(report: Report, id: string): void {
  report({ id, status: "warning", text: "Resource is still in use" });
}
