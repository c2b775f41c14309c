import type { SystemService } from "../../engine/services/system.ts";
import {
  getDisk,
  getDiskUsage,
  getEvents,
  getInfo,
  getReclaimable,
  getVersion,
  pingHandler,
  postAuth,
} from "../handlers/system/system.ts";
import type { Route } from "../route.ts";

export const systemRoutes: readonly Route<SystemService>[] = [
  { method: "GET", path: "/_ping", handler: pingHandler },
  { method: "HEAD", path: "/_ping", handler: pingHandler },
  { method: "GET", path: "/events", handler: getEvents },
  { method: "GET", path: "/info", handler: getInfo },
  { method: "GET", path: "/version", handler: getVersion },
  { method: "GET", path: "/system/df", handler: getDiskUsage, since: "1.25" },
  // Beyond Docker's API: see docs/api-extensions.md.
  { method: "GET", path: "/system/disk", handler: getDisk },
  { method: "GET", path: "/system/reclaimable", handler: getReclaimable },
  { method: "POST", path: "/auth", handler: postAuth },
];
