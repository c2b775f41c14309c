import type { Reference } from "../../oci/reference.ts";
import { mirrorEndpoints, registryEndpoint } from "./endpoint.ts";
import { HttpRepository } from "./http-repository.ts";
import { type RegistryAccess, RegistrySession } from "./registry-session.ts";
import type { RemoteRepository } from "./remote-repository.ts";

type Name = Pick<Reference, "domain" | "path">;

/** The repository an image name means, on its own registry. Nothing is asked before it is used. */
export function openRepository(
  name: Name,
  purpose: "pull" | "push",
  access: RegistryAccess,
): RemoteRepository {
  return new HttpRepository(name.path, purpose, new RegistrySession(registryEndpoint(name), access));
}

/** Where an image may be pulled from, in the order to try: mirrors of Docker Hub, then the registry itself. */
export function repositoriesForPull(
  name: Name,
  access: RegistryAccess,
  mirrors: readonly string[],
): RemoteRepository[] {
  const endpoints = [...mirrorEndpoints(name, mirrors), registryEndpoint(name)];
  return endpoints.map(
    (endpoint) => new HttpRepository(name.path, "pull", new RegistrySession(endpoint, access)),
  );
}
