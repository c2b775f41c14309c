import { EngineError, messageOf } from "../../errors/engine-error.ts";
import { logBug } from "./to-status.ts";

/** An error after the headers went out: the last line of a JSON stream. */
/** A command of a build: clients end with its code. */
const codeOf = (error: unknown) =>
  error instanceof EngineError && "exitCode" in error ? { code: error.exitCode } : {};

export function errorLine(error: unknown, requestId: number): { errorDetail: object; error: string } {
  if (!(error instanceof EngineError)) logBug(error, requestId);
  const message = messageOf(error);
  return { errorDetail: { ...codeOf(error), message }, error: message };
}
