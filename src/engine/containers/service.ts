import type { EngineContext } from "../context.ts";
import { commitContainer } from "../images/commit.ts";
import type { ContainerService } from "../services/containers.ts";
import { attachContainer } from "./attach.ts";
import { pauseContainer, renameContainer, resizeContainer, unpauseContainer } from "./change-state.ts";
import { createContainer } from "./create.ts";
import { fileVerbs } from "./files/service.ts";
import { forwardToContainer } from "./forward.ts";
import { listContainers } from "./list.ts";
import { containerLogs } from "./logs.ts";
import { pruneContainers } from "./prune.ts";
import { removeContainer } from "./remove.ts";
import { restartContainer } from "./restart.ts";
import { startContainer } from "./start.ts";
import { sampleStats } from "./stats.ts";
import { killContainer, stopContainer } from "./stop.ts";
import { topContainer } from "./top.ts";
import { updateContainer } from "./update.ts";
import { viewContainer } from "./view.ts";
import { waitContainer } from "./wait.ts";

/** The verbs of containers, bound to one engine. */
export function containerService(context: EngineContext): ContainerService {
  return {
    create: (request) => createContainer(context, request),
    list: (query) => listContainers(context, query),
    inspect: async (nameOrId, size) =>
      viewContainer(context, context.containers.find(nameOrId), { size, details: true }),
    start: (nameOrId) => startContainer(context, nameOrId),
    stop: (nameOrId, options) => stopContainer(context, nameOrId, options),
    restart: (nameOrId, options) => restartContainer(context, nameOrId, options),
    kill: (nameOrId, signal) => killContainer(context, nameOrId, signal),
    pause: (nameOrId) => pauseContainer(context, nameOrId),
    unpause: (nameOrId) => unpauseContainer(context, nameOrId),
    rename: (nameOrId, name) => renameContainer(context, nameOrId, name),
    remove: (nameOrId, options) => removeContainer(context, nameOrId, options),
    wait: (nameOrId, condition, signal) => waitContainer(context, nameOrId, condition, signal),
    attach: (nameOrId, request) => attachContainer(context, nameOrId, request),
    forward: (nameOrId, wish, signal) => forwardToContainer(context, nameOrId, wish, signal),
    logs: (nameOrId, query, options) => containerLogs(context, nameOrId, query, options),
    resize: (nameOrId, height, width) => resizeContainer(context, nameOrId, height, width),
    top: (nameOrId, psArgs) => topContainer(context, nameOrId, psArgs),
    stats: (nameOrId) => sampleStats(context, nameOrId),
    update: (nameOrId, change) => updateContainer(context, nameOrId, change),
    ...fileVerbs(context),
    commit: (request) => commitContainer(context, request),
    prune: (filters) => pruneContainers(context, filters),
  };
}
