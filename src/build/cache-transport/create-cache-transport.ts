import { messageOf } from "../../errors/engine-error.ts";
import { hostPlatform } from "../../oci/platform.ts";
import { parseReference, withDefaultTag } from "../../oci/reference.ts";
import type { BuilderParts } from "../build.ts";
import type { BuildRequest, CacheLocation } from "../build-request.ts";
import type { TreeStore } from "../trees/tree-store.ts";
import type { CacheStore } from "./cache-store.ts";
import type { CacheTransport } from "./cache-transport.ts";
import { collectCache } from "./collect-cache.ts";
import { ImportedCache } from "./imported-cache.ts";
import { LocalCacheStore } from "./local-cache-store.ts";
import { RegistryCacheStore } from "./registry-cache-store.ts";
import { writeCache } from "./write-cache.ts";

export interface TransportParts
  extends Pick<BuilderParts, "images" | "snapshots" | "openRepository" | "platforms"> {
  readonly trees: TreeStore;
}

export function createCacheTransport(parts: TransportParts): CacheTransport {
  return {
    async open(location, request, scope) {
      if (location.kind === "inline") return undefined;
      try {
        return await ImportedCache.open(storeOf(location, request, "pull", parts), parts, scope.signal);
      } catch (error) {
        if (scope.signal.aborted) throw error;
        // As with BuildKit: a cache that is not there yet is no reason not to build.
        const name = location.kind === "registry" ? location.reference : "the local cache";
        scope.onOutput(2, Buffer.from(`cannot import ${name}: ${messageOf(error)}\n`));
        return undefined;
      }
    },
    async write(location, solved, request, scope) {
      if (location.kind === "inline") return;
      await using composer = parts.images.composer();
      const { snapshots } = parts;
      const collected = await collectCache(solved, location.mode, composer, snapshots, scope.signal);
      await writeCache(collected, storeOf(location, request, "push", parts), composer, scope);
    },
  };
}

function storeOf(
  location: Exclude<CacheLocation, { kind: "inline" }>,
  request: BuildRequest,
  purpose: "pull" | "push",
  { openRepository, platforms }: TransportParts,
): CacheStore {
  if (location.kind === "local") return new LocalCacheStore(location.path);
  const { domain, path, tag = "latest", digest } = withDefaultTag(parseReference(location.reference));
  const repository = openRepository({ domain, path }, request.credentials(domain), purpose);
  return new RegistryCacheStore(repository, digest ?? tag, platforms[0] ?? hostPlatform());
}
