import type { NetworkService } from "../../engine/services/networks.ts";
import {
  deleteNetwork,
  getNetwork,
  getNetworksList,
  postNetworkConnect,
  postNetworkCreate,
  postNetworkDisconnect,
  postNetworksCheck,
  postNetworksPrune,
} from "../handlers/networks/networks.ts";
import type { Route } from "../route.ts";

export const networkRoutes: readonly Route<NetworkService>[] = [
  { method: "GET", path: "/networks", handler: getNetworksList },
  { method: "GET", path: "/networks/", handler: getNetworksList },
  { method: "GET", path: "/networks/{id}", handler: getNetwork },
  { method: "POST", path: "/networks/create", handler: postNetworkCreate },
  { method: "POST", path: "/networks/check", handler: postNetworksCheck },
  { method: "POST", path: "/networks/prune", handler: postNetworksPrune, since: "1.25" },
  { method: "POST", path: "/networks/{id}/connect", handler: postNetworkConnect },
  { method: "POST", path: "/networks/{id}/disconnect", handler: postNetworkDisconnect },
  { method: "DELETE", path: "/networks/{id}", handler: deleteNetwork },
];
