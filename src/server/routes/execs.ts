import type { ExecService } from "../../engine/services/execs.ts";
import {
  getExecByID,
  postContainerExecCreate,
  postContainerExecResize,
  postContainerExecStart,
} from "../handlers/execs/execs.ts";
import type { Route } from "../route.ts";

export const execRoutes: readonly Route<ExecService>[] = [
  { method: "POST", path: "/containers/{name}/exec", handler: postContainerExecCreate },
  { method: "POST", path: "/exec/{id}/start", handler: postContainerExecStart },
  { method: "POST", path: "/exec/{id}/resize", handler: postContainerExecResize },
  { method: "GET", path: "/exec/{id}/json", handler: getExecByID },
];
