import { EngineError, type ErrorKind, firstError, messageOf } from "../../errors/engine-error.ts";
import { emptyReply, jsonReply, type Reply } from "../../http/reply.ts";
import { log } from "../../lib/log.ts";

/**
 * The only place where kinds of errors become HTTP statuses. Do not decide a status
 * anywhere else: throw an EngineError of the right kind.
 */
const statusOf: Readonly<Record<ErrorKind, number>> = {
  invalid_argument: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  not_modified: 304,
  unavailable: 503,
  not_implemented: 501,
  cancelled: 499,
  internal: 500,
};

export function errorReply(thrown: unknown, requestId: number): Reply {
  const error = firstError(thrown);
  if (!(error instanceof EngineError)) {
    logBug(error, requestId);
    return jsonReply(500, { message: messageOf(error) });
  }
  const status = statusOf[error.kind];
  if (error.kind === "internal") {
    log.error("request failed", { request: requestId, error: error.message, cause: causeOf(error) });
  }
  return status === 304 ? emptyReply(status) : jsonReply(status, { message: error.message });
}

/** Anything that is not an EngineError is a bug of ours: the stack goes to the log. */
export function logBug(error: unknown, requestId: number): void {
  const stack = error instanceof Error ? error.stack : undefined;
  log.error("bug: unexpected error in a request", { request: requestId, error: stack ?? String(error) });
}

function causeOf(error: EngineError): string | undefined {
  return error.cause === undefined ? undefined : messageOf(error.cause);
}
