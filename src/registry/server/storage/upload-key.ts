import type { RepositoryName, UploadId } from "../names.ts";
import type { UploadKey } from "./registry-storage.ts";

/**
 * The repository is part of the key, so that an upload can only be reached through the one it
 * was begun in; hashed, because a name may be longer than a file's.
 */
export function uploadKey(repository: RepositoryName, id: UploadId): UploadKey {
  const mark = new Bun.CryptoHasher("sha256").update(repository).digest("hex").slice(0, 16);
  return `${id}-${mark}` as UploadKey;
}

export function isUploadKey(text: string): text is UploadKey {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-[0-9a-f]{16}$/.test(text);
}
