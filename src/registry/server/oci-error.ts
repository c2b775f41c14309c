import { EngineError, type ErrorKind, firstError, messageOf } from "../../errors/engine-error.ts";
import { type Headers, jsonReply, type Reply } from "../../http/reply.ts";
import { log } from "../../lib/log.ts";

/** Codes of the distribution specification and those Docker's registry adds, each with kind and status. */
const codes = {
  BLOB_UNKNOWN: ["not_found", 404],
  BLOB_UPLOAD_INVALID: ["invalid_argument", 400],
  BLOB_UPLOAD_UNKNOWN: ["not_found", 404],
  DIGEST_INVALID: ["invalid_argument", 400],
  MANIFEST_BLOB_UNKNOWN: ["invalid_argument", 400],
  MANIFEST_INVALID: ["invalid_argument", 400],
  MANIFEST_UNKNOWN: ["not_found", 404],
  NAME_INVALID: ["invalid_argument", 400],
  NAME_UNKNOWN: ["not_found", 404],
  PAGINATION_NUMBER_INVALID: ["invalid_argument", 400],
  RANGE_INVALID: ["invalid_argument", 416],
  SIZE_INVALID: ["invalid_argument", 400],
  TAG_INVALID: ["invalid_argument", 400],
  UNAUTHORIZED: ["unauthorized", 401],
  DENIED: ["forbidden", 403],
  UNSUPPORTED: ["not_implemented", 405],
  TOOMANYREQUESTS: ["unavailable", 429],
  UNAVAILABLE: ["unavailable", 503],
  UNKNOWN: ["internal", 500],
} as const satisfies Record<string, readonly [ErrorKind, number]>;

export type OciErrorCode = keyof typeof codes;

interface Answer {
  /** Where the specification wants another status than the code's usual one. */
  readonly status?: number;
  readonly headers?: Headers;
}

/** A refusal in the words of the distribution specification. */
export class OciError extends EngineError {
  readonly code: OciErrorCode;
  readonly detail: unknown;
  readonly status: number;
  readonly headers: Headers;

  constructor(code: OciErrorCode, message: string, detail?: unknown, answer: Answer = {}) {
    super(codes[code][0], message);
    this.name = "OciError";
    this.code = code;
    this.detail = detail;
    this.status = answer.status ?? codes[code][1];
    this.headers = answer.headers ?? {};
  }
}

/** What the kinds of the rest of the house are called on this wire. */
const codeOfKind: Readonly<Record<ErrorKind, OciErrorCode>> = {
  invalid_argument: "UNKNOWN",
  unauthorized: "UNAUTHORIZED",
  forbidden: "DENIED",
  not_found: "NAME_UNKNOWN",
  conflict: "UNKNOWN",
  not_modified: "UNKNOWN",
  unavailable: "UNAVAILABLE",
  not_implemented: "UNSUPPORTED",
  cancelled: "UNAVAILABLE",
  internal: "UNKNOWN",
};
const statusOfKind: Readonly<Partial<Record<ErrorKind, number>>> = {
  invalid_argument: 400,
  conflict: 409,
};

/** The one place where what was thrown becomes an answer of the registry. */
export function errorReply(error: unknown, request: { id: number; method: string; path: string }): Reply {
  const refusal = asOciError(error, request);
  return jsonReply(
    refusal.status,
    {
      errors: [
        {
          code: refusal.code,
          message: refusal.message,
          ...(refusal.detail !== undefined && { detail: refusal.detail }),
        },
      ],
    },
    refusal.headers,
  );
}

function asOciError(thrown: unknown, request: { id: number; method: string; path: string }): OciError {
  const error = firstError(thrown);
  if (error instanceof OciError) return error;
  const errno = (error as NodeJS.ErrnoException | undefined)?.code;
  if (errno === "ENOSPC" || errno === "EDQUOT") {
    log.error("the registry's storage is full", { request: request.id, error: messageOf(error) });
    return new OciError("UNKNOWN", "no space left in the registry's storage", undefined, { status: 507 });
  }
  if (error instanceof EngineError && error.kind !== "internal") {
    const status = statusOfKind[error.kind];
    return new OciError(codeOfKind[error.kind], error.message, undefined, status ? { status } : {});
  }
  const stack = error instanceof Error ? error.stack : undefined;
  log.error(`request failed: ${messageOf(error)}`, { ...request, stack });
  return new OciError("UNKNOWN", "unknown error: the registry's log tells more", { request: request.id });
}
