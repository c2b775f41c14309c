/**
 * The one error class of the house. A kind says what a caller can do about it;
 * each wire (HTTP status, JSON stream, exit code) maps kinds outward in exactly
 * one file of its own. Anything thrown that is not an EngineError is a bug.
 */
export const errorKinds = [
  "invalid_argument",
  "unauthorized",
  "forbidden",
  "not_found",
  "conflict",
  "not_modified",
  "unavailable",
  "not_implemented",
  "cancelled",
  "internal",
] as const;

export type ErrorKind = (typeof errorKinds)[number];

export class EngineError extends Error {
  readonly kind: ErrorKind;

  constructor(kind: ErrorKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "EngineError";
    this.kind = kind;
  }
}

/** What an engine answered to its client, as against what the client found out itself. */
export class EngineAnswer extends EngineError {}

export const invalidArgument = (message: string, cause?: unknown) =>
  new EngineError("invalid_argument", message, cause);
export const unauthorized = (message: string, cause?: unknown) =>
  new EngineError("unauthorized", message, cause);
export const forbidden = (message: string, cause?: unknown) => new EngineError("forbidden", message, cause);
export const notFound = (message: string, cause?: unknown) => new EngineError("not_found", message, cause);
export const conflict = (message: string, cause?: unknown) => new EngineError("conflict", message, cause);
export const notModified = (message: string, cause?: unknown) =>
  new EngineError("not_modified", message, cause);
export const unavailable = (message: string, cause?: unknown) =>
  new EngineError("unavailable", message, cause);
export const notImplemented = (message: string, cause?: unknown) =>
  new EngineError("not_implemented", message, cause);
export const cancelled = (message: string, cause?: unknown) => new EngineError("cancelled", message, cause);
export const internal = (message: string, cause?: unknown) => new EngineError("internal", message, cause);

export function isKind(error: unknown, kind: ErrorKind): error is EngineError {
  return error instanceof EngineError && error.kind === kind;
}

/** Where undoing failed too, what came first is what happened. */
export function firstError(error: unknown): unknown {
  return error instanceof SuppressedError ? firstError(error.suppressed) : error;
}

/** The sentence to show for anything that was thrown. */
export function messageOf(thrown: unknown): string {
  const error = firstError(thrown);
  return error instanceof Error ? error.message : String(error);
}
