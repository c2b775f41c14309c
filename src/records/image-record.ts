import type { Digest } from "../oci/digest.ts";

/** An image the engine holds: the id is the digest of its config blob. */
export interface ImageRecord {
  readonly id: Digest;
  readonly created: string;
  /** Digest of the manifest blob in the content store. */
  readonly manifest: Digest;
  readonly manifestMediaType: string;
  /** The image this one was made from locally (commit, build). */
  readonly parent?: Digest;
  /** When it was last tagged, RFC 3339 with nanoseconds. */
  readonly lastTagged?: string;
}

/** A name that points at an image: `docker.io/library/busybox:latest`, or with `@sha256:…` for repo digests. */
export interface ReferenceRecord {
  readonly name: string;
  readonly image: Digest;
}
