import type { EngineClient } from "../../../client/engine-client.ts";
import { EngineAnswer, isKind, messageOf } from "../../../errors/engine-error.ts";
import { labels } from "../../labels.ts";

/** A name that is taken by a container of somebody else: looking again will not help. */
export class ForeignName extends EngineAnswer {}

/** Tells a name another run of this project took from one that was never ours. */
export async function whoseName(
  engine: EngineClient,
  project: string,
  name: string,
  error: unknown,
): Promise<unknown> {
  if (!isKind(error, "conflict")) return error;
  try {
    const { Config: config } = await engine.call("ContainerInspect", { params: { id: name } });
    if (config?.Labels?.[labels.project] === project) return error;
    return new ForeignName("conflict", messageOf(error), error);
  } catch {
    // It is gone, or cannot be asked about: what was refused says enough.
    return error;
  }
}
