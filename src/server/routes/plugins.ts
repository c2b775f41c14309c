import { notFound, notImplemented } from "../../errors/engine-error.ts";
import { jsonReply, type Reply } from "../../http/reply.ts";
import type { ApiCall } from "../api-call.ts";
import type { Route } from "../route.ts";

/** There are no plugins, and none can be installed. */
const getPlugins = async (call: ApiCall): Promise<Reply> => {
  call.filters(["capability", "enabled"]);
  return jsonReply(200, []);
};

const absent = async (call: ApiCall): Promise<never> => {
  throw notFound(`plugin ${JSON.stringify(call.param("name"))} not found`);
};

const unsupported = async (): Promise<never> => {
  throw notImplemented("plugins are not supported");
};

export const pluginRoutes: readonly Route<undefined>[] = [
  { method: "GET", path: "/plugins", handler: getPlugins },
  { method: "GET", path: "/plugins/privileges", handler: unsupported },
  { method: "POST", path: "/plugins/pull", handler: unsupported },
  { method: "POST", path: "/plugins/create", handler: unsupported },
  { method: "GET", path: "/plugins/{name}/json", handler: absent },
  { method: "DELETE", path: "/plugins/{name}", handler: absent },
  { method: "POST", path: "/plugins/{name}/enable", handler: absent },
  { method: "POST", path: "/plugins/{name}/disable", handler: absent },
  { method: "POST", path: "/plugins/{name}/upgrade", handler: absent },
  { method: "POST", path: "/plugins/{name}/push", handler: absent },
  { method: "POST", path: "/plugins/{name}/set", handler: absent },
];
