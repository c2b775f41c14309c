import {
  getContainersArchive,
  getContainersExport,
  headContainersArchive,
  putContainersArchive,
} from "../handlers/containers/archive.ts";
import { getContainersAttachWs, postContainersAttach } from "../handlers/containers/attach.ts";
import { postCommit } from "../handlers/containers/commit.ts";
import { postContainersCreate } from "../handlers/containers/create.ts";
import { postContainersForward } from "../handlers/containers/forward.ts";
import {
  getContainersByName,
  getContainersChanges,
  getContainersTop,
} from "../handlers/containers/inspect.ts";
import {
  deleteContainers,
  postContainersKill,
  postContainersPause,
  postContainersPrune,
  postContainersRename,
  postContainersRestart,
  postContainersStart,
  postContainersStop,
  postContainersUnpause,
} from "../handlers/containers/lifecycle.ts";
import { getContainersJson } from "../handlers/containers/list.ts";
import { getContainersLogs } from "../handlers/containers/logs.ts";
import { postContainersResize } from "../handlers/containers/resize.ts";
import { getContainersStats } from "../handlers/containers/stats.ts";
import { postContainersUpdate } from "../handlers/containers/update.ts";
import { postContainersWait } from "../handlers/containers/wait.ts";
import type { Route } from "../route.ts";
import type { ContainersBackend } from "./containers-backend.ts";

export const containerRoutes: readonly Route<ContainersBackend>[] = [
  { method: "GET", path: "/containers/json", handler: getContainersJson },
  { method: "POST", path: "/containers/create", handler: postContainersCreate },
  { method: "POST", path: "/containers/prune", handler: postContainersPrune, since: "1.25" },
  { method: "POST", path: "/commit", handler: postCommit },
  { method: "GET", path: "/containers/{name}/attach/ws", handler: getContainersAttachWs },
  { method: "HEAD", path: "/containers/{name}/archive", handler: headContainersArchive },
  { method: "GET", path: "/containers/{name}/archive", handler: getContainersArchive },
  { method: "PUT", path: "/containers/{name}/archive", handler: putContainersArchive },
  { method: "GET", path: "/containers/{name}/changes", handler: getContainersChanges },
  { method: "GET", path: "/containers/{name}/export", handler: getContainersExport },
  { method: "GET", path: "/containers/{name}/json", handler: getContainersByName },
  { method: "GET", path: "/containers/{name}/logs", handler: getContainersLogs },
  { method: "GET", path: "/containers/{name}/stats", handler: getContainersStats },
  { method: "GET", path: "/containers/{name}/top", handler: getContainersTop },
  { method: "POST", path: "/containers/{name}/attach", handler: postContainersAttach },
  { method: "POST", path: "/containers/{name}/forward", handler: postContainersForward },
  { method: "POST", path: "/containers/{name}/kill", handler: postContainersKill },
  { method: "POST", path: "/containers/{name}/pause", handler: postContainersPause },
  { method: "POST", path: "/containers/{name}/rename", handler: postContainersRename },
  { method: "POST", path: "/containers/{name}/resize", handler: postContainersResize },
  { method: "POST", path: "/containers/{name}/restart", handler: postContainersRestart },
  { method: "POST", path: "/containers/{name}/start", handler: postContainersStart },
  { method: "POST", path: "/containers/{name}/stop", handler: postContainersStop },
  { method: "POST", path: "/containers/{name}/unpause", handler: postContainersUnpause },
  { method: "POST", path: "/containers/{name}/update", handler: postContainersUpdate },
  { method: "POST", path: "/containers/{name}/wait", handler: postContainersWait },
  { method: "DELETE", path: "/containers/{name}", handler: deleteContainers },
];
