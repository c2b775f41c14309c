import { messageOf } from "../../errors/engine-error.ts";
import { emptyReply, jsonReply, type Reply, textReply } from "../../http/reply.ts";
import type { HttpRequest } from "../../http/request.ts";
import { log } from "../../lib/log.ts";
import type { Access, Deed } from "./access/access.ts";
import { type Endpoint, parseEndpoint } from "./endpoint.ts";
import { deleteBlob, getBlob } from "./handlers/blobs.ts";
import { listCatalog, listReferrers, listTags } from "./handlers/lists.ts";
import { deleteManifest, deleteTag, getManifest, getTag, putManifest, putTag } from "./handlers/manifests.ts";
import { appendUpload, beginUpload, cancelUpload, putUpload, uploadStatus } from "./handlers/uploads.ts";
import { errorReply, OciError } from "./oci-error.ts";
import { commonHeaders, type RegistryCall, type RegistryContext } from "./registry-call.ts";

export interface HandlerOptions {
  readonly context: RegistryContext;
  /** Absent: everybody may do everything that the rules allow. */
  readonly access: Access | undefined;
  /** A line for each request, when there is a log of them. */
  readonly accessLog?: (line: string) => void;
}

/** One request to one answer; what is refused is answered in the words of the specification. */
export function registryHandler(options: HandlerOptions): (request: HttpRequest) => Promise<Reply> {
  return async (request) => {
    const began = performance.now();
    let user = "";
    let reply: Reply;
    try {
      reply = await answer(request, options, (name) => {
        user = name;
      });
    } catch (error) {
      reply = errorReply(error, { id: request.id, method: request.method, path: request.path });
    }
    options.accessLog?.(accessLine(request, reply, user, performance.now() - began));
    return { ...reply, headers: { ...commonHeaders, ...reply.headers } };
  };
}

async function answer(
  request: HttpRequest,
  { context, access }: HandlerOptions,
  identified: (user: string) => void,
): Promise<Reply> {
  const endpoint = parseEndpoint(request.method, request.path);
  if (!endpoint) return textReply(404, "404 page not found\n");
  if (endpoint.kind === "health") return health(context);
  if (endpoint.kind === "token") {
    return access ? access.token(request) : textReply(404, "404 page not found\n");
  }
  const deed = deedOf(request.method, endpoint);
  if (access) identified(await access.check(request, deed, "name" in endpoint ? endpoint.name : undefined));
  if (deed === "push" && context.rules.readOnly) {
    throw new OciError("UNSUPPORTED", "this registry is read-only");
  }
  if (request.method === "DELETE" && endpoint.kind !== "upload" && !context.rules.deletes) {
    throw new OciError("UNSUPPORTED", "this registry does not delete");
  }
  return serve({ request, context }, endpoint);
}

function deedOf(method: string, endpoint: Endpoint): Deed {
  if (method !== "GET" && method !== "HEAD") return "push";
  if (endpoint.kind === "upload") return "push";
  return endpoint.kind === "base" || endpoint.kind === "catalog" ? "look" : "pull";
}

function serve(call: RegistryCall, endpoint: Endpoint): Promise<Reply> {
  const { method } = call.request;
  const isGet = method === "GET" || method === "HEAD";
  switch (endpoint.kind) {
    case "base":
      if (isGet) return Promise.resolve(jsonReply(200, {}));
      throw notAllowed("GET, HEAD");
    case "catalog":
      if (isGet) return listCatalog(call);
      throw notAllowed("GET, HEAD");
    case "tags":
      if (isGet) return listTags(call, endpoint);
      throw notAllowed("GET, HEAD");
    case "referrers":
      if (isGet) return listReferrers(call, endpoint);
      throw notAllowed("GET, HEAD");
    case "tag":
      if (isGet) return getTag(call, endpoint);
      if (method === "PUT") return putTag(call, endpoint);
      if (method === "DELETE") return deleteTag(call, endpoint);
      throw notAllowed("GET, HEAD, PUT, DELETE");
    case "manifest":
      if (isGet) return getManifest(call, endpoint);
      if (method === "PUT") return putManifest(call, endpoint);
      if (method === "DELETE") return deleteManifest(call, endpoint);
      throw notAllowed("GET, HEAD, PUT, DELETE");
    case "blob":
      if (isGet) return getBlob(call, endpoint);
      if (method === "DELETE") return deleteBlob(call, endpoint);
      throw notAllowed("GET, HEAD, DELETE");
    case "uploads":
      if (method === "POST") return beginUpload(call, endpoint);
      throw notAllowed("POST");
    case "upload":
      if (isGet) return uploadStatus(call, endpoint);
      if (method === "PATCH") return appendUpload(call, endpoint);
      if (method === "PUT") return putUpload(call, endpoint);
      if (method === "DELETE") return cancelUpload(call, endpoint);
      throw notAllowed("GET, HEAD, PATCH, PUT, DELETE");
    case "health":
    case "token":
      return Promise.resolve(emptyReply(404));
    default:
      return endpoint satisfies never;
  }
}

function notAllowed(allowed: string): OciError {
  return new OciError("UNSUPPORTED", "the operation is unsupported", undefined, {
    headers: { Allow: allowed },
  });
}

/** For those who watch over the registry: whether it can write and read. Needs no password, tells nothing else. */
async function health({ repositories }: RegistryContext): Promise<Reply> {
  try {
    await repositories.storage.check();
    return jsonReply(200, { status: "ok" });
  } catch (error) {
    log.error(`the registry's storage does not work: ${messageOf(error)}`);
    return jsonReply(503, { status: "the storage does not work" });
  }
}

function accessLine(request: HttpRequest, reply: Reply, user: string, milliseconds: number): string {
  const status = reply.kind === "full" || reply.kind === "sized" ? reply.status : "-";
  const length = reply.kind === "full" ? reply.body.length : reply.kind === "sized" ? reply.length : "-";
  const agent = request.headers.get("user-agent") ?? "";
  return [
    new Date().toISOString(),
    user || "-",
    request.method,
    JSON.stringify(request.path),
    status,
    length,
    `${milliseconds.toFixed(1)}ms`,
    JSON.stringify(agent.slice(0, 200)),
  ].join(" ");
}
