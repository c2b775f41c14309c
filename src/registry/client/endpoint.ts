import type { Reference } from "../../oci/reference.ts";
import { parseRegistryAddress } from "../auth/registry-address.ts";

/** Where a registry's API is. */
export interface Endpoint {
  /** `host[:port]`, as in image names and below certs.d. */
  readonly host: string;
  /** What stands in front of `/v2/` in addresses; empty for nearly all. */
  readonly prefix: string;
  /** Tried first to last; the second is for registries that may be talked to in the clear. */
  readonly schemes: readonly ("https" | "http")[];
  /** A copy of Docker Hub somebody else runs: the Hub's password is none of its business. */
  readonly isMirror: boolean;
}

export const hubDomain = "docker.io";

/** The registry an image name means. Whether plain HTTP may be tried is decided where it is. */
export function registryEndpoint({ domain }: Pick<Reference, "domain">): Endpoint {
  const { host } = parseRegistryAddress(domain);
  return { host, prefix: "", schemes: ["https", "http"], isMirror: false };
}

/** The mirrors an operator set, for what they are copies of: Docker Hub, and nothing else. */
export function mirrorEndpoints(
  { domain }: Pick<Reference, "domain">,
  mirrors: readonly string[],
): Endpoint[] {
  if (domain !== hubDomain) return [];
  return mirrors.map((mirror) => {
    const { protocol, host, pathname } = new URL(mirror);
    const scheme = protocol === "http:" ? "http" : "https";
    return { host, prefix: pathname.replace(/\/+$/, ""), schemes: [scheme], isMirror: true };
  });
}
