import type { VolumeService } from "../../engine/services/volumes.ts";
import {
  deleteVolumes,
  getVolumeByName,
  getVolumesList,
  postVolumesCreate,
  postVolumesPrune,
} from "../handlers/volumes/volumes.ts";
import type { Route } from "../route.ts";

export const volumeRoutes: readonly Route<VolumeService>[] = [
  { method: "GET", path: "/volumes", handler: getVolumesList },
  { method: "GET", path: "/volumes/{name}", handler: getVolumeByName },
  { method: "POST", path: "/volumes/create", handler: postVolumesCreate },
  { method: "POST", path: "/volumes/prune", handler: postVolumesPrune, since: "1.25" },
  { method: "DELETE", path: "/volumes/{name}", handler: deleteVolumes },
];
