import { internal } from "../../errors/engine-error.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import { type Digest, isDigest } from "../../oci/digest.ts";
import { mediaTypes } from "../../oci/manifest.ts";
import type { RemoteManifest } from "./remote-repository.ts";

/** What registries and Docker agree a manifest may be at most. */
export const largestManifest = 4 * 1024 * 1024;

/** Schema 1 stands last: asked for only to be able to say what it is that cannot be used. */
export const manifestAccept: Readonly<Record<string, string>> = {
  Accept: [
    mediaTypes.ociIndex,
    mediaTypes.dockerList,
    mediaTypes.ociManifest,
    mediaTypes.dockerManifest,
    "application/vnd.docker.distribution.manifest.v1+prettyjws",
  ].join(", "),
};

/** A manifest with the digest of its bytes, which has to be the one that was asked for or announced. */
export function checkedManifest(reference: string, raw: Uint8Array, headers: Headers): RemoteManifest {
  const announced = headers.get("docker-content-digest") ?? "";
  const wanted = [reference, announced].filter(isDigest);
  const algorithm = reference.startsWith("sha512:") ? "sha512" : "sha256";
  const digest = digestOf(raw, algorithm);
  for (const one of wanted) {
    const same = one.startsWith(`${algorithm}:`) ? digest : digestOf(raw, algorithmOf(one));
    if (one !== same) throw internal(`manifest verification failed for digest ${one}`);
  }
  return { descriptor: { mediaType: mediaTypeOf(headers), digest, size: raw.length }, raw };
}

/** What an answer to HEAD tells of a manifest; undefined when that is too little. */
export function describedBy(reference: string, headers: Headers): Descriptor | undefined {
  const digest = headers.get("docker-content-digest") ?? "";
  const size = headers.get("content-length") ?? "";
  const mediaType = mediaTypeOf(headers);
  if (!isDigest(digest) || !/^\d{1,15}$/.test(size) || mediaType === "") return undefined;
  if (isDigest(reference) && reference !== digest) return undefined;
  return { mediaType, digest, size: Number(size) };
}

function mediaTypeOf(headers: Headers): string {
  return (headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}

function algorithmOf(digest: Digest): "sha256" | "sha512" {
  return digest.startsWith("sha512:") ? "sha512" : "sha256";
}

function digestOf(raw: Uint8Array, algorithm: "sha256" | "sha512"): Digest {
  return `${algorithm}:${new Bun.CryptoHasher(algorithm).update(raw).digest("hex")}` as Digest;
}
