import { EngineError, messageOf } from "../../errors/engine-error.ts";
import { logBug } from "./to-status.ts";

/** An error after the headers went out: the last line of a JSON stream. */
export function errorLine(error: unknown, requestId: number): { errorDetail: object; error: string } {
  if (!(error instanceof EngineError)) logBug(error, requestId);
  const message = messageOf(error);
  return { errorDetail: { message }, error: message };
}
