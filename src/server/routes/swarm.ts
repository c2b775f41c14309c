import { notImplemented, unavailable } from "../../errors/engine-error.ts";
import type { Route } from "../route.ts";

/** Every engine outside of a swarm answers so; this one never joins any. */
const noManager = async (): Promise<never> => {
  throw unavailable(
    'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.',
  );
};

const noMember = async (): Promise<never> => {
  throw unavailable("This node is not part of a swarm");
};

const noSwarm = async (): Promise<never> => {
  throw notImplemented("swarm mode is not supported");
};

const managed = (method: Route<undefined>["method"], path: string): Route<undefined> => ({
  method,
  path,
  handler: noManager,
});

/** List, create, inspect, delete and update of one noun. */
const noun = (plural: string): Route<undefined>[] => [
  managed("GET", `/${plural}`),
  managed("POST", `/${plural}/create`),
  managed("GET", `/${plural}/{id}`),
  managed("DELETE", `/${plural}/{id}`),
  managed("POST", `/${plural}/{id}/update`),
];

export const swarmRoutes: readonly Route<undefined>[] = [
  { method: "POST", path: "/swarm/init", handler: noSwarm },
  { method: "POST", path: "/swarm/join", handler: noSwarm },
  { method: "POST", path: "/swarm/leave", handler: noMember },
  managed("GET", "/swarm"),
  managed("GET", "/swarm/unlockkey"),
  managed("POST", "/swarm/update"),
  managed("POST", "/swarm/unlock"),
  managed("GET", "/services/{id}/logs"),
  ...noun("services"),
  managed("GET", "/nodes"),
  managed("GET", "/nodes/{id}"),
  managed("DELETE", "/nodes/{id}"),
  managed("POST", "/nodes/{id}/update"),
  managed("GET", "/tasks"),
  managed("GET", "/tasks/{id}/logs"),
  managed("GET", "/tasks/{id}"),
  ...noun("secrets"),
  ...noun("configs"),
  // Cluster volumes alone can be updated.
  managed("PUT", "/volumes/{name}"),
];
