import { emptyReply, type Headers, type Reply } from "../../http/reply.ts";
import type { HttpRequest } from "../../http/request.ts";
import type { ContentSource } from "./content-source.ts";
import type { RegistryRules } from "./registry-rules.ts";
import type { Repositories } from "./repositories.ts";
import type { UploadSessions } from "./upload-sessions.ts";

/** What handlers work with. */
export interface RegistryContext {
  readonly repositories: Repositories;
  readonly source: ContentSource;
  readonly uploads: UploadSessions;
  readonly rules: RegistryRules;
}

export interface RegistryCall {
  readonly request: HttpRequest;
  readonly context: RegistryContext;
}

/** What every answer carries. */
export const commonHeaders: Headers = {
  "Docker-Distribution-API-Version": "registry/2.0",
  "X-Content-Type-Options": "nosniff",
};

export function accepted(headers: Headers = {}): Reply {
  return emptyReply(202, headers);
}

/** An answer to HEAD: headers of a body of this length, without it. */
export function headReply(length: number, headers: Headers): Reply {
  return { kind: "sized", status: 200, headers, length, body: nothing };
}

const nothing: AsyncIterable<Uint8Array> = { async *[Symbol.asyncIterator]() {} };
