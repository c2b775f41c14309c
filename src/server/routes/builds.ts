import type { BuildService } from "../../engine/services/builds.ts";
import { postBuild, postBuildCancel } from "../handlers/builds/build.ts";
import { getBuildMount, postBuildPrune, putBuildMount } from "../handlers/builds/cache.ts";
import { postForeignSession } from "../handlers/builds/foreign-session.ts";
import {
  getBuildSessionFiles,
  getBuildSessionOutput,
  postBuildSession,
  postBuildSessionAgent,
  postBuildSessionResize,
  postBuildSessionShell,
  putBuildSessionFiles,
  putBuildSessionSecret,
} from "../handlers/builds/sessions.ts";
import type { Route } from "../route.ts";

export const buildRoutes: readonly Route<BuildService>[] = [
  { method: "POST", path: "/build", handler: postBuild },
  { method: "POST", path: "/build/cancel", handler: postBuildCancel, since: "1.39" },
  { method: "POST", path: "/build/prune", handler: postBuildPrune, since: "1.31" },
  // Beyond Docker's API: see docs/api-extensions.md.
  { method: "GET", path: "/build/mount", handler: getBuildMount },
  { method: "PUT", path: "/build/mount", handler: putBuildMount },
  { method: "POST", path: "/build/sessions", handler: postBuildSession },
  { method: "PUT", path: "/build/sessions/{id}/files/{name}", handler: putBuildSessionFiles },
  { method: "GET", path: "/build/sessions/{id}/files/{name}", handler: getBuildSessionFiles },
  { method: "PUT", path: "/build/sessions/{id}/secrets/{name}", handler: putBuildSessionSecret },
  { method: "GET", path: "/build/sessions/{id}/outputs/{name}", handler: getBuildSessionOutput },
  { method: "POST", path: "/build/sessions/{id}/ssh/{name}", handler: postBuildSessionAgent },
  { method: "POST", path: "/build/sessions/{id}/shell", handler: postBuildSessionShell },
  { method: "POST", path: "/build/sessions/{id}/shell/resize", handler: postBuildSessionResize },
  // BuildKit's.
  { method: "POST", path: "/session", handler: postForeignSession, since: "1.31" },
  { method: "POST", path: "/grpc", handler: postForeignSession },
];
