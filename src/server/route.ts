import type { Reply } from "../http/reply.ts";
import type { ApiVersion } from "../protocol/versions.ts";
import type { ApiCall } from "./api-call.ts";

/** One line of a noun's table. `since` hides a route from older clients. */
export interface Route<Backend> {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly handler: (call: ApiCall, backend: Backend) => Promise<Reply>;
  readonly since?: ApiVersion;
}

export interface BoundRoute {
  readonly method: string;
  readonly path: string;
  readonly since: ApiVersion | undefined;
  readonly handle: (call: ApiCall) => Promise<Reply>;
}

/** Ties a table to the backend that serves it. */
export function bind<Backend>(routes: readonly Route<Backend>[], backend: Backend): BoundRoute[] {
  return routes.map(({ method, path, handler, since }) => ({
    method,
    path,
    since,
    handle: (call) => handler(call, backend),
  }));
}
