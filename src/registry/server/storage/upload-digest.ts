import type { Digest } from "../../../oci/digest.ts";
import { OciError } from "../oci-error.ts";
import type { DigestAlgorithm, Pieces } from "./registry-storage.ts";

/** The digest of an upload so far: fed as bytes come, kept between its requests. */
export class UploadDigest {
  readonly algorithm: DigestAlgorithm;
  readonly #hasher: Bun.CryptoHasher;
  #count = 0;

  constructor(algorithm: DigestAlgorithm) {
    this.algorithm = algorithm;
    this.#hasher = new Bun.CryptoHasher(algorithm);
  }

  get count(): number {
    return this.#count;
  }

  update(bytes: Uint8Array): void {
    this.#hasher.update(bytes);
    this.#count += bytes.length;
  }

  /** Ends it: a hash gives its result once. */
  digest(): Digest {
    return `${this.algorithm}:${this.#hasher.digest("hex")}` as Digest;
  }
}

export async function digestOf(pieces: Pieces, algorithm: DigestAlgorithm): Promise<UploadDigest> {
  const digest = new UploadDigest(algorithm);
  for await (const piece of pieces) digest.update(piece);
  return digest;
}

export function algorithmOf(digest: Digest): DigestAlgorithm {
  return digest.startsWith("sha512:") ? "sha512" : "sha256";
}

export function wrongDigest(wanted: Digest, found: Digest): OciError {
  return new OciError("DIGEST_INVALID", "provided digest did not match uploaded content", {
    digest: wanted,
    content: found,
  });
}

/** More uploads than this at once is no honest traffic; those forgotten are hashed anew. */
const mostKept = 4096;

/** Digests of uploads between two of their requests. A restart loses them: then the bytes are read again. */
export class KeptDigests {
  readonly #kept = new Map<string, UploadDigest>();

  keep(key: string, digest: UploadDigest): void {
    this.#kept.delete(key);
    this.#kept.set(key, digest);
    const oldest = this.#kept.keys().next();
    if (this.#kept.size > mostKept && !oldest.done) this.#kept.delete(oldest.value);
  }

  take(key: string): UploadDigest | undefined {
    const digest = this.#kept.get(key);
    this.#kept.delete(key);
    return digest;
  }
}
