import { type EngineError, internal, messageOf, unauthorized } from "../../errors/engine-error.ts";
import type { Answer } from "./transport.ts";

/** Codes of the distribution spec with the words they have when a server adds none. */
const wordsOf: Readonly<Record<string, string>> = {
  UNAUTHORIZED: "authentication required",
  DENIED: "requested access to the resource is denied",
  UNSUPPORTED: "The operation is unsupported.",
  TOOMANYREQUESTS: "too many requests",
  MANIFEST_UNKNOWN: "manifest unknown",
  NAME_UNKNOWN: "repository name not known to registry",
  BLOB_UNKNOWN: "blob unknown to registry",
};

/** One entry of a registry's list of errors, as Docker words it. */
export interface ErrorEntry {
  readonly code: string;
  readonly sentence: string;
}

/** What a registry or a token server refused with: its codes, and all of it as one sentence. */
export interface ErrorAnswer {
  readonly entries: readonly ErrorEntry[];
  readonly sentence: string;
}

export function readErrorAnswer(status: number, text: string): ErrorAnswer {
  const body = parsed(text);
  if (status >= 500) {
    // Docker's sentence ends here; what the registry says of its trouble is worth hearing.
    const told =
      Array.isArray(body?.errors) && body.errors.length > 0 ? joined(body.errors.map(entryOf)) : undefined;
    const why = told ? ` (${told.sentence})` : "";
    return { entries: [], sentence: `received unexpected HTTP status: ${statusLine(status)}${why}` };
  }
  if (typeof body?.details === "string" && body.details !== "") {
    const code = { 401: "UNAUTHORIZED", 429: "TOOMANYREQUESTS" }[status] ?? "UNKNOWN";
    return joined([entryOf({ code, message: body.details })]);
  }
  const entries = (Array.isArray(body?.errors) ? body.errors : []).map(entryOf);
  if (entries.length > 0) return joined(entries);
  if (status === 401) return joined([entryOf({ code: "UNAUTHORIZED" })]);
  if (status === 429) return joined([entryOf({ code: "TOOMANYREQUESTS" })]);
  const why = body === undefined ? "" : "no error details found in HTTP response body: ";
  const quoted = JSON.stringify(text.slice(0, 200));
  return { entries: [], sentence: `error parsing HTTP ${status} response body: ${why}${quoted}` };
}

/** What a token server refused with, as one error. */
export function tokenRefusal(answer: Answer): EngineError {
  const { sentence } = readErrorAnswer(answer.status, answer.text);
  return answer.status === 401 ? unauthorized(sentence) : internal(sentence);
}

function joined(entries: readonly ErrorEntry[]): ErrorAnswer {
  return { entries, sentence: entries.map(({ sentence }) => sentence).join("; ") };
}

export function entryOf(value: unknown): ErrorEntry {
  const field = (name: string) =>
    typeof value === "object" && value !== null && name in value
      ? String((value as Record<string, unknown>)[name] ?? "")
      : "";
  const code = field("code") || "UNKNOWN";
  const message = field("message") || wordsOf[code] || "";
  const name = code.toLowerCase().replaceAll("_", " ");
  return { code, sentence: message === "" ? name : `${name}: ${message}` };
}

function parsed(text: string): Record<string, unknown> | undefined {
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
  416: "Requested Range Not Satisfiable",
  429: "Too Many Requests",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
  507: "Insufficient Storage",
};

export function statusLine(status: number): string {
  return `${status} ${statusTexts[status] ?? ""}`.trim();
}
