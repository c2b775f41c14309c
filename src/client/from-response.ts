import { EngineAnswer, type EngineError, type ErrorKind } from "../errors/engine-error.ts";

/** The reverse of `server/errors/to-status.ts`; statuses of other engines fall to the nearest kind. */
const kindOf: Readonly<Record<number, ErrorKind>> = {
  304: "not_modified",
  400: "invalid_argument",
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  409: "conflict",
  499: "cancelled",
  500: "internal",
  501: "not_implemented",
  503: "unavailable",
};

/** An error answer as the error the engine threw. */
export function errorFromResponse(status: number, body: string): EngineError {
  const kind = kindOf[status] ?? (status < 500 ? "invalid_argument" : "internal");
  return new EngineAnswer(
    kind,
    messageIn(body) ?? (body.trim() || `the engine answered with status ${status}`),
  );
}

function messageIn(body: string): string | undefined {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === "object" && value !== null && "message" in value)
      return String(value.message).trim();
  } catch {
    // Not from an engine, or not from this API.
  }
  return undefined;
}
