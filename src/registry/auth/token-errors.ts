import { type EngineError, internal, messageOf, unauthorized } from "../../errors/engine-error.ts";
import type { Answer } from "./transport.ts";

/** Codes of the distribution spec with the words they have when a server adds none. */
const wordsOf: Readonly<Record<string, string>> = {
  UNAUTHORIZED: "authentication required",
  DENIED: "requested access to the resource is denied",
  UNSUPPORTED: "The operation is unsupported.",
  TOOMANYREQUESTS: "too many requests",
};

/** What a token server refused with, as one error. */
export function tokenRefusal(answer: Answer): EngineError {
  if (answer.status >= 500) {
    return internal(`received unexpected HTTP status: ${statusLine(answer.status)}`);
  }
  const make = answer.status === 401 ? unauthorized : internal;
  const body = parsed(answer);
  if (body === undefined && answer.status !== 401) {
    return internal(
      `error parsing HTTP ${answer.status} response body: ${JSON.stringify(answer.text.slice(0, 200))}`,
    );
  }
  if (answer.status === 401 && typeof body?.details === "string" && body.details !== "") {
    return make(`unauthorized: ${body.details}`);
  }
  const errors = (Array.isArray(body?.errors) ? body.errors : []).map(sentence);
  if (errors.length > 0) return make(errors.join("; "));
  if (answer.status === 401) return make("unauthorized: authentication required");
  return make(
    `error parsing HTTP ${answer.status} response body: no error details found in HTTP response body: ${JSON.stringify(answer.text.slice(0, 200))}`,
  );
}

function sentence(entry: unknown): string {
  const field = (name: string) =>
    typeof entry === "object" && entry !== null && name in entry
      ? String((entry as Record<string, unknown>)[name] ?? "")
      : "";
  const code = field("code") || "UNKNOWN";
  const message = field("message") || wordsOf[code] || "";
  const name = code.toLowerCase().replaceAll("_", " ");
  return message === "" ? name : `${name}: ${message}`;
}

function parsed({ text }: Answer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** A token server's success: its JSON object. */
export function parseTokenAnswer(answer: Answer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(answer.text);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
    throw new Error("it is not an object");
  } catch (error) {
    throw internal(`unable to decode token response: ${messageOf(error)}`, error);
  }
}

const statusTexts: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  429: "Too Many Requests",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

export function statusLine(status: number): string {
  return `${status} ${statusTexts[status] ?? ""}`.trim();
}
