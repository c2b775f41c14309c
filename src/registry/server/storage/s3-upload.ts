import { conflict } from "../../../errors/engine-error.ts";
import { failpoint } from "../../../lib/failpoint.ts";
import type { Digest } from "../../../oci/digest.ts";
import type { Pieces, UploadKey, UploadWriter } from "./registry-storage.ts";
import type { S3Objects } from "./s3-objects.ts";
import { type Piece, pieceKey } from "./s3-pieces.ts";
import { algorithmOf, digestOf, type KeptDigests, type UploadDigest, wrongDigest } from "./upload-digest.ts";

/** Two of these are in memory for each upload: one on its way, one being filled. */
const pieceSize = 8 << 20;

export interface S3UploadPlace {
  readonly key: UploadKey;
  readonly objects: S3Objects;
  readonly kept: KeptDigests;
  readonly pieces: readonly Piece[];
  read(pieces: readonly Piece[]): Pieces;
  finish(digest: Digest, pieces: readonly Piece[]): Promise<void>;
  drop(): Promise<void>;
}

/** Gathers bytes into pieces and puts them one after another, so that those that are there have no gaps. */
export class S3Upload implements UploadWriter {
  readonly #place: S3UploadPlace;
  readonly #pieces: Piece[];
  #digest: UploadDigest;
  #gathered: Uint8Array[] = [];
  #count = 0;
  #readable: number;
  #pending: Promise<void> = Promise.resolve();
  #closed = false;

  private constructor(place: S3UploadPlace, digest: UploadDigest) {
    this.#place = place;
    this.#pieces = [...place.pieces];
    this.#digest = digest;
    this.#readable = digest.count;
  }

  static async open(place: S3UploadPlace): Promise<S3Upload> {
    const kept = place.kept.take(place.key);
    const size = place.pieces.reduce((sum, piece) => sum + piece.size, 0);
    if (kept?.count === size) return new S3Upload(place, kept);
    return new S3Upload(place, await digestOf(place.read(place.pieces), kept?.algorithm ?? "sha256"));
  }

  get offset(): number {
    return this.#digest.count;
  }

  get readable(): number {
    return this.#readable;
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#mustBeOpen();
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + pieceSize - this.#count);
      this.#gathered.push(part);
      this.#digest.update(part);
      this.#count += part.length;
      at += part.length;
      if (this.#count === pieceSize) await this.#flush();
    }
  }

  async commit(digest: Digest): Promise<number> {
    this.#mustBeOpen();
    await this.#flush();
    await this.#pending;
    const size = this.offset;
    if (algorithmOf(digest) !== this.#digest.algorithm) {
      this.#digest = await digestOf(this.#place.read(this.#pieces), algorithmOf(digest));
    }
    this.#closed = true;
    const found = this.#digest.digest();
    if (found !== digest) {
      await this.#place.drop();
      throw wrongDigest(digest, found);
    }
    await failpoint("registry.commit");
    await this.#place.finish(digest, this.#pieces);
    return size;
  }

  async abort(): Promise<void> {
    this.#closed = true;
    await this.#pending.catch(() => {});
    await this.#place.drop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    await this.#flush();
    await this.#pending;
    this.#closed = true;
    this.#place.kept.keep(this.#place.key, this.#digest);
  }

  async #flush(): Promise<void> {
    if (this.#count === 0) return;
    const bytes = Buffer.concat(this.#gathered);
    this.#gathered = [];
    this.#count = 0;
    await this.#pending;
    this.#pending = this.#put(bytes);
    // It surfaces at the next piece or at the end, not as an unhandled rejection.
    this.#pending.catch(() => {});
  }

  async #put(bytes: Uint8Array): Promise<void> {
    const offset = this.#readable;
    await this.#place.objects.put(pieceKey(this.#place.key, offset), bytes);
    this.#pieces.push({ offset, size: bytes.length });
    this.#readable = offset + bytes.length;
  }

  #mustBeOpen(): void {
    if (this.#closed) throw conflict("the upload is closed");
  }
}
