import { isIndexType } from "../../oci/manifest.ts";
import { indexEntries } from "./manifest-content.ts";
import type { StoredManifest } from "./repository.ts";

/**
 * Whether a client said it understands this media type. One that names no type of a manifest at
 * all takes what there is.
 */
export function accepts(header: string | undefined, mediaType: string): boolean {
  const types = (header ?? "").split(",").map((part) => part.split(";")[0]?.trim().toLowerCase() ?? "");
  if (!types.some((type) => type.includes("manifest") || type.includes("image.index"))) return true;
  return types.some((type) => type === mediaType || type === "*/*" || type === "application/*");
}

/**
 * What stands for an index with a client that knows no indexes: the image for Linux on x86-64,
 * as Docker's registry chooses.
 */
export function imageForOldClients({ mediaType, bytes }: StoredManifest) {
  if (!isIndexType(mediaType)) return undefined;
  return indexEntries(bytes).find((entry) => entry.os === "linux" && entry.architecture === "amd64")?.digest;
}
