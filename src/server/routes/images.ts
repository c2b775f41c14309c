import type { ImageService } from "../../engine/services/images.ts";
import {
  deleteImages,
  getImagesByName,
  getImagesHistory,
  getImagesJson,
  postImagesPrune,
  postImagesTag,
} from "../handlers/images/images.ts";
import { postImagesCreate } from "../handlers/images/pull.ts";
import { postImagesPush } from "../handlers/images/push.ts";
import { getDistribution, getImagesSearch } from "../handlers/images/search.ts";
import { getImagesGet, postImagesLoad } from "../handlers/images/transfer.ts";
import type { Route } from "../route.ts";

export const imageRoutes: readonly Route<ImageService>[] = [
  { method: "GET", path: "/images/json", handler: getImagesJson },
  { method: "GET", path: "/images/search", handler: getImagesSearch },
  { method: "GET", path: "/images/get", handler: getImagesGet },
  { method: "GET", path: "/images/{name}/get", handler: getImagesGet },
  { method: "GET", path: "/images/{name}/history", handler: getImagesHistory },
  { method: "GET", path: "/images/{name}/json", handler: getImagesByName },
  { method: "POST", path: "/images/load", handler: postImagesLoad },
  { method: "POST", path: "/images/create", handler: postImagesCreate },
  { method: "POST", path: "/images/prune", handler: postImagesPrune, since: "1.25" },
  { method: "POST", path: "/images/{name}/push", handler: postImagesPush },
  { method: "POST", path: "/images/{name}/tag", handler: postImagesTag },
  { method: "DELETE", path: "/images/{name}", handler: deleteImages },
  { method: "GET", path: "/distribution/{name}/json", handler: getDistribution, since: "1.30" },
];
