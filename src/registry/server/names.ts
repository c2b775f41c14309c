import { type Digest, isDigest } from "../../oci/digest.ts";
import { OciError } from "./oci-error.ts";

/**
 * What a path or a query named, checked. Storage takes only these types, so that no text of a
 * client can become a path that leads anywhere else.
 */
export type RepositoryName = string & { readonly __brand: "RepositoryName" };
export type Tag = string & { readonly __brand: "Tag" };
export type UploadId = string & { readonly __brand: "UploadId" };

/** Distribution specification, "Pulling manifests"; the length is Docker's, host names included. */
const namePattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const tagPattern = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
const uploadPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const longestName = 255;

export function parseRepositoryName(text: string): RepositoryName {
  if (text.length > longestName || !namePattern.test(text)) {
    throw new OciError("NAME_INVALID", `invalid repository name ${JSON.stringify(text)}`, { name: text });
  }
  return text as RepositoryName;
}

export function isTag(text: string): text is Tag {
  return tagPattern.test(text);
}

export function parseTag(text: string): Tag {
  if (!isTag(text)) throw new OciError("TAG_INVALID", `invalid tag ${JSON.stringify(text)}`, { tag: text });
  return text;
}

export function parseDigest(text: string): Digest {
  if (!isDigest(text)) {
    throw new OciError("DIGEST_INVALID", `invalid digest ${JSON.stringify(text)}`, { digest: text });
  }
  return text;
}

export function newUploadId(): UploadId {
  return crypto.randomUUID() as UploadId;
}

/** An id that cannot be one of ours names no upload. */
export function parseUploadId(text: string): UploadId {
  if (!uploadPattern.test(text)) throw uploadUnknown(text);
  return text as UploadId;
}

export function uploadUnknown(id: string): OciError {
  return new OciError("BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry", { upload: id });
}
