import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { conflict } from "../../../errors/engine-error.ts";
import { failpoint } from "../../../lib/failpoint.ts";
import type { Digest } from "../../../oci/digest.ts";
import { uploadUnknown } from "../names.ts";
import { isFull, isMissing, moveInto, readPieces, removeFile } from "./directory-files.ts";
import type { UploadKey, UploadWriter } from "./registry-storage.ts";
import { algorithmOf, digestOf, type KeptDigests, type UploadDigest, wrongDigest } from "./upload-digest.ts";

/** Small chunks are gathered up to this; larger ones are written as they come. */
const gatherSize = 1 << 18;

export interface UploadPlace {
  readonly key: UploadKey;
  readonly path: string;
  readonly target: (digest: Digest) => string;
  readonly kept: KeptDigests;
}

/** Appends to the file of an upload. The file's length is what the upload is: nothing else is kept on disk. */
export class DirectoryUpload implements UploadWriter {
  readonly #place: UploadPlace;
  readonly #file: FileHandle;
  #digest: UploadDigest;
  #written: number;
  #gathered: Uint8Array[] = [];
  #count = 0;
  /** One write is on its way while the next bytes are hashed. */
  #pending: Promise<void> = Promise.resolve();
  #closed = false;

  private constructor(place: UploadPlace, file: FileHandle, digest: UploadDigest) {
    this.#place = place;
    this.#file = file;
    this.#digest = digest;
    this.#written = digest.count;
  }

  static async open(place: UploadPlace): Promise<DirectoryUpload> {
    const file = await openExisting(place);
    try {
      const { size } = await file.stat();
      const kept = place.kept.take(place.key);
      const digest =
        kept?.count === size
          ? kept
          : await digestOf(readPieces(place.path, 0, size), kept?.algorithm ?? "sha256");
      return new DirectoryUpload(place, file, digest);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  get offset(): number {
    return this.#digest.count;
  }

  get readable(): number {
    return this.#written;
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#mustBeOpen();
    this.#gathered.push(chunk);
    this.#count += chunk.length;
    this.#digest.update(chunk);
    if (this.#count >= gatherSize) await this.#flush();
  }

  async commit(digest: Digest): Promise<number> {
    this.#mustBeOpen();
    await this.#flush();
    await this.#pending;
    const { path, target } = this.#place;
    const size = this.offset;
    if (algorithmOf(digest) !== this.#digest.algorithm) {
      this.#digest = await digestOf(readPieces(path, 0, size), algorithmOf(digest));
    }
    const found = this.#digest.digest();
    if (found !== digest) {
      await this.abort();
      throw wrongDigest(digest, found);
    }
    // Born now, for those who sweep what is old: the bytes may have come long ago.
    await this.#file.utimes(new Date(), new Date());
    await this.#file.sync();
    await this.#close();
    await failpoint("registry.commit");
    await moveInto(path, target(digest));
    return size;
  }

  async abort(): Promise<void> {
    await this.#pending.catch(() => {});
    await this.#close();
    await removeFile(this.#place.path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    try {
      await this.#flush();
      await this.#pending;
      this.#place.kept.keep(this.#place.key, this.#digest);
    } catch (error) {
      // What cannot be gone on with must not keep the disk full until somebody sweeps.
      if (isFull(error)) await removeFile(this.#place.path);
      throw error;
    } finally {
      await this.#close();
    }
  }

  async #flush(): Promise<void> {
    if (this.#count === 0) return;
    const first = this.#gathered[0];
    const bytes = this.#gathered.length === 1 && first ? first : Buffer.concat(this.#gathered);
    this.#gathered = [];
    this.#count = 0;
    await this.#pending;
    this.#pending = this.#append(bytes);
    // It surfaces at the next write or at the end, not as an unhandled rejection.
    this.#pending.catch(() => {});
  }

  async #append(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, at, bytes.length - at, null);
      at += bytesWritten;
      this.#written += bytesWritten;
    }
  }

  #mustBeOpen(): void {
    if (this.#closed) throw conflict("the upload is closed");
  }

  async #close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#file.close();
  }
}

async function openExisting({ path, key }: UploadPlace): Promise<FileHandle> {
  // Without O_CREAT: an upload begins in createUpload alone.
  try {
    return await open(path, constants.O_RDWR | constants.O_APPEND);
  } catch (error) {
    throw isMissing(error) ? uploadUnknown(key) : error;
  }
}
