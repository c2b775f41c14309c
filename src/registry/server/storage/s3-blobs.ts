import { type Digest, isDigest } from "../../../oci/digest.ts";
import { uploadUnknown } from "../names.ts";
import type {
  BlobStorage,
  DigestAlgorithm,
  Pieces,
  StoredBlob,
  UploadKey,
  UploadWriter,
} from "./registry-storage.ts";
import type { S3Objects } from "./s3-objects.ts";
import { type BlobIndex, dataFolder, listPieces, type Piece, pieceKey } from "./s3-pieces.ts";
import { S3Upload } from "./s3-upload.ts";
import { KeptDigests, UploadDigest } from "./upload-digest.ts";
import { isUploadKey } from "./upload-key.ts";

/** Lists of pieces that were read once; they never change. */
const mostKnown = 10_000;

export class S3Blobs implements BlobStorage {
  readonly #objects: S3Objects;
  readonly #kept = new KeptDigests();
  readonly #known = new Map<Digest, BlobIndex>();

  constructor(objects: S3Objects) {
    this.#objects = objects;
  }

  /** Asked anew each time: another process may have deleted it. */
  async size(digest: Digest): Promise<number | undefined> {
    this.#known.delete(digest);
    return (await this.#index(digest))?.size;
  }

  async *read(digest: Digest, offset: number, end: number): Pieces {
    const index = await this.#index(digest);
    if (index) yield* this.#readPieces(index.upload, index.pieces, offset, end);
  }

  async delete(digest: Digest): Promise<void> {
    const index = await this.#index(digest);
    this.#known.delete(digest);
    if (!index) return;
    await this.#objects.delete(blobKey(digest));
    await this.#deleteData(index.upload);
    await this.#objects.delete(`owned/${index.upload}`);
  }

  async *list(): AsyncIterable<StoredBlob> {
    for await (const { key, modified } of this.#objects.list("blobs/", true)) {
      const digest = key.slice("blobs/".length).replace("/", ":");
      if (isDigest(digest)) yield { digest, modified };
    }
  }

  async createUpload(key: UploadKey, algorithm: DigestAlgorithm): Promise<void> {
    await this.#objects.put(`uploads/${key}`, Buffer.from(JSON.stringify({ begun: new Date() })));
    this.#kept.keep(key, new UploadDigest(algorithm));
  }

  async uploadOffset(key: UploadKey): Promise<number | undefined> {
    if (!(await this.#isUpload(key))) return undefined;
    return sumOf(await listPieces(this.#objects, key));
  }

  async openUpload(key: UploadKey): Promise<UploadWriter> {
    if (!(await this.#isUpload(key))) throw uploadUnknown(key.slice(0, 36));
    const pieces = await listPieces(this.#objects, key);
    return S3Upload.open({
      key,
      objects: this.#objects,
      kept: this.#kept,
      pieces,
      read: (all) => this.#readPieces(key, all, 0, sumOf(all)),
      finish: (digest, all) => this.#finish(key, digest, all),
      drop: async () => {
        await this.deleteUpload(key);
      },
    });
  }

  async *readUpload(key: UploadKey, offset: number, end: number): Pieces {
    yield* this.#readPieces(key, await listPieces(this.#objects, key), offset, end);
  }

  async deleteUpload(key: UploadKey): Promise<boolean> {
    this.#kept.take(key);
    if (!(await this.#objects.stat(`uploads/${key}`))) return false;
    // A crash at the end of `#finish` leaves an upload whose data is a blob's.
    if (!(await this.#objects.stat(`owned/${key}`))) await this.#deleteData(key);
    await this.#objects.delete(`uploads/${key}`);
    return true;
  }

  /** The age of an upload is that of its last piece. */
  async *uploads(): AsyncIterable<{ key: UploadKey; modified: Date }> {
    for await (const { key: path, modified } of this.#objects.list("uploads/", true)) {
      const key = path.slice("uploads/".length);
      if (!isUploadKey(key)) continue;
      let last = modified;
      for await (const piece of this.#objects.list(dataFolder(key), true)) {
        if (piece.modified > last) last = piece.modified;
      }
      yield { key, modified: last };
    }
  }

  async removeLeftovers(before: Date, dryRun: boolean): Promise<number> {
    const wanted = new Set<string>();
    for (const folder of ["uploads/", "owned/"]) {
      for await (const { key } of this.#objects.list(folder, true)) wanted.add(key.slice(folder.length));
    }
    let count = 0;
    for await (const { key, modified } of this.#objects.list("data/", true)) {
      if (modified >= before || wanted.has(key.split("/")[1] ?? "")) continue;
      if (!dryRun) await this.#objects.delete(key);
      count++;
    }
    return count;
  }

  /** The order matters: whatever step is the last one before a crash, no data of a blob is anybody else's. */
  async #finish(key: UploadKey, digest: Digest, pieces: readonly Piece[]): Promise<void> {
    if (await this.#objects.stat(blobKey(digest))) {
      await this.deleteUpload(key);
      return;
    }
    const index: BlobIndex = { size: sumOf(pieces), upload: key, pieces };
    await this.#objects.put(`owned/${key}`, Buffer.from(digest));
    await this.#objects.put(blobKey(digest), Buffer.from(JSON.stringify(index)));
    await this.#objects.delete(`uploads/${key}`);
  }

  async #isUpload(key: UploadKey): Promise<boolean> {
    return (
      (await this.#objects.stat(`uploads/${key}`)) !== undefined &&
      !(await this.#objects.stat(`owned/${key}`))
    );
  }

  async #index(digest: Digest): Promise<BlobIndex | undefined> {
    const known = this.#known.get(digest);
    if (known) return known;
    const bytes = await this.#objects.get(blobKey(digest));
    if (!bytes) return undefined;
    const index: BlobIndex = JSON.parse(Buffer.from(bytes).toString());
    if (this.#known.size >= mostKnown) this.#known.clear();
    this.#known.set(digest, index);
    return index;
  }

  async *#readPieces(upload: UploadKey, pieces: readonly Piece[], offset: number, end: number): Pieces {
    const wanted = pieces.filter((piece) => piece.offset < end && piece.offset + piece.size > offset);
    const fetch = (piece: Piece) => {
      const from = Math.max(offset - piece.offset, 0);
      const to = Math.min(end - piece.offset, piece.size);
      const bytes = this.#objects.range(pieceKey(upload, piece.offset), from, to);
      bytes.catch(() => {});
      return bytes;
    };
    // One piece ahead: while it is on its way to us, the one before is on its way out.
    let next = wanted[0] && fetch(wanted[0]);
    for (const [index, piece] of wanted.entries()) {
      const bytes = await next;
      const after = wanted[index + 1];
      next = after && fetch(after);
      if (!bytes) throw new Error(`a piece of upload ${upload} at ${piece.offset} is missing`);
      yield bytes;
    }
  }

  async #deleteData(key: UploadKey): Promise<void> {
    const found = await Array.fromAsync(this.#objects.list(dataFolder(key), true));
    for (const piece of found) await this.#objects.delete(piece.key);
  }
}

function blobKey(digest: Digest): string {
  return `blobs/${digest.replace(":", "/")}`;
}

function sumOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, piece) => sum + piece.size, 0);
}
