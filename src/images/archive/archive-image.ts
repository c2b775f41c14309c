import type { Descriptor } from "../../oci/descriptor.ts";
import type { Digest } from "../../oci/digest.ts";
import type { Reference } from "../../oci/reference.ts";

/** One image of an archive, before its bytes are checked. */
export interface ArchiveImage {
  /** Exact bytes of the manifest when the archive has one. */
  readonly manifest?: { readonly raw: Uint8Array; readonly descriptor: Descriptor };
  readonly config: { readonly raw: Uint8Array; readonly digest: Digest };
  /** Paths (docker-archive) or blobs (OCI layout) of the layers, lowest first. */
  readonly layers: readonly ({ path: string } | { descriptor: Descriptor })[];
  readonly references: readonly Reference[];
  /** The image it was made from, when that is in the archive too. */
  readonly parent?: Digest;
}
