import type { EngineServices } from "../engine/services.ts";
import { notFound } from "../errors/engine-error.ts";
import type { Handler } from "../http/connection.ts";
import type { Headers, Reply } from "../http/reply.ts";
import type { HttpRequest } from "../http/request.ts";
import { Router } from "../http/router.ts";
import { log } from "../lib/log.ts";
import { traced } from "../lib/trace.ts";
import { atLeast, checkVersion, maxVersion, splitVersion } from "../protocol/versions.ts";
import { ApiCall } from "./api-call.ts";
import { checkAnswer, checksAnswers } from "./check-answer.ts";
import type { ContainerDefaults } from "./container-defaults.ts";
import { errorReply } from "./errors/to-status.ts";
import { type BoundRoute, bind } from "./route.ts";
import { buildRoutes } from "./routes/builds.ts";
import { containerRoutes } from "./routes/containers.ts";
import { execRoutes } from "./routes/execs.ts";
import { imageRoutes } from "./routes/images.ts";
import { networkRoutes } from "./routes/networks.ts";
import { pluginRoutes } from "./routes/plugins.ts";
import { portRoutes } from "./routes/ports.ts";
import { swarmRoutes } from "./routes/swarm.ts";
import { systemRoutes } from "./routes/system.ts";
import { volumeRoutes } from "./routes/volumes.ts";

export interface ApiOptions {
  /** Version of this engine, for the `Server` header. */
  readonly version: string;
  readonly defaults: ContainerDefaults;
}

/** The Engine API on top of the engine's services: give it to an HttpServer. */
export function createApi(services: EngineServices, options: ApiOptions): Handler {
  const router = new Router<BoundRoute>([
    ...bind(systemRoutes, services.system),
    // Before `DELETE /containers/{name}`, which takes names with slashes.
    ...bind(portRoutes, services.ports),
    ...bind(containerRoutes, { containers: services.containers, defaults: options.defaults }),
    ...bind(execRoutes, services.execs),
    ...bind(imageRoutes, services.images),
    ...bind(buildRoutes, services.builds),
    ...bind(volumeRoutes, services.volumes),
    ...bind(networkRoutes, services.networks),
    ...bind(pluginRoutes, undefined),
    ...bind(swarmRoutes, undefined),
  ]);
  const headers: Headers = {
    "Api-Version": maxVersion,
    "Docker-Experimental": "false",
    Ostype: "linux",
    Server: `Hull/${options.version} (linux)`,
  };
  return (request) =>
    traced(`${request.method} ${request.path}`, async () => {
      const began = performance.now();
      const reply = await answer(router, request);
      log.debug("request", {
        id: request.id,
        method: request.method,
        path: request.path,
        status: "status" in reply ? reply.status : reply.kind,
        ms: (performance.now() - began).toFixed(2),
      });
      return { ...reply, headers: { ...headers, ...reply.headers } };
    });
}

async function answer(router: Router<BoundRoute>, request: HttpRequest): Promise<Reply> {
  try {
    const { version, path } = splitVersion(request.path);
    checkVersion(version);
    const match = router.find(request.method, path);
    if (!match || (match.route.since !== undefined && !atLeast(version, match.route.since))) {
      throw notFound("page not found");
    }
    const reply = await match.route.handle(new ApiCall(request, version, match.params));
    if (checksAnswers) await checkAnswer(request, reply);
    return reply;
  } catch (error) {
    return errorReply(error, request.id);
  }
}
