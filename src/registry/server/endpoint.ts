import type { Digest } from "../../oci/digest.ts";
import {
  isTag,
  parseDigest,
  parseRepositoryName,
  parseTag,
  parseUploadId,
  type RepositoryName,
  type Tag,
  type UploadId,
} from "./names.ts";
import { OciError } from "./oci-error.ts";

/** What a path names. Whoever has one has checked names. */
export type Endpoint =
  | { readonly kind: "base" }
  | { readonly kind: "health" }
  | { readonly kind: "token" }
  | { readonly kind: "catalog" }
  | { readonly kind: "tags"; readonly name: RepositoryName }
  | { readonly kind: "tag"; readonly name: RepositoryName; readonly tag: Tag }
  | { readonly kind: "manifest"; readonly name: RepositoryName; readonly digest: Digest }
  | { readonly kind: "blob"; readonly name: RepositoryName; readonly digest: Digest }
  | { readonly kind: "uploads"; readonly name: RepositoryName }
  | { readonly kind: "upload"; readonly name: RepositoryName; readonly id: UploadId }
  | { readonly kind: "referrers"; readonly name: RepositoryName; readonly digest: Digest };

const pattern =
  /^\/v2\/(?<name>.+)\/(?:(?<tags>tags\/list)|manifests\/(?<reference>[^/]+)|blobs\/(?:uploads(?:\/(?<upload>[^/]*))?|(?<blob>[^/]+))|referrers\/(?<subject>[^/]+))$/s;

/** Undefined for a path that is none of ours; throws the specification's refusals for bad names. */
export function parseEndpoint(method: string, path: string): Endpoint | undefined {
  if (path === "/v2/" || path === "/v2") return { kind: "base" };
  if (path === "/healthz") return { kind: "health" };
  if (path === "/token") return { kind: "token" };
  if (path === "/v2/_catalog") return { kind: "catalog" };
  const parts = pattern.exec(path)?.groups;
  if (!parts) return undefined;
  const name = parseRepositoryName(parts.name ?? "");
  if (parts.tags !== undefined) return { kind: "tags", name };
  if (parts.reference !== undefined) {
    return parts.reference.includes(":")
      ? { kind: "manifest", name, digest: parseDigest(parts.reference) }
      : { kind: "tag", name, tag: tagFor(method, parts.reference) };
  }
  if (parts.blob !== undefined) return { kind: "blob", name, digest: parseDigest(parts.blob) };
  if (parts.subject !== undefined) return { kind: "referrers", name, digest: parseDigest(parts.subject) };
  return parts.upload ? { kind: "upload", name, id: parseUploadId(parts.upload) } : { kind: "uploads", name };
}

/** What cannot be a tag is refused where one would be made, and is simply not there where one is sought. */
function tagFor(method: string, text: string): Tag {
  if (method !== "PUT" && !isTag(text)) {
    throw new OciError("MANIFEST_UNKNOWN", "manifest unknown", { tag: text });
  }
  return parseTag(text);
}
