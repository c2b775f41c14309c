import type { S3Config } from "../registry-config.ts";
import type { RecordStore, RegistryStorage } from "./registry-storage.ts";
import { S3Blobs } from "./s3-blobs.ts";
import { S3Objects } from "./s3-objects.ts";

/**
 * A registry in an object store:
 *
 *     records/…                    see repositories.ts
 *     blobs/sha256/<hex>           JSON: which data the blob is made of, piece by piece
 *     data/<upload>/<offset>       a piece; written once, never changed
 *     uploads/<upload>             JSON: an upload that is not finished
 *     owned/<upload>               digest: these pieces belong to a blob
 *
 * A blob is a list of pieces and not one object: an object store cannot append, rename or go on
 * with a half-written object after a crash. So each piece is an object of its own from the first
 * moment, a restart finds all that had arrived, and finishing an upload copies nothing.
 */
export function openS3Storage(config: S3Config): RegistryStorage {
  const objects = new S3Objects(config);
  const records = new S3Records(objects);
  return {
    blobs: new S3Blobs(objects),
    records,
    async check() {
      const key = `check/${crypto.randomUUID()}`;
      await records.put(key, Buffer.from("1"));
      await records.get(key);
      await records.delete(key);
    },
  };
}

class S3Records implements RecordStore {
  readonly #objects: S3Objects;

  constructor(objects: S3Objects) {
    this.#objects = objects;
  }

  get(key: string): Promise<Uint8Array | undefined> {
    return this.#objects.get(`records/${key}`);
  }

  put(key: string, value: Uint8Array): Promise<void> {
    return this.#objects.put(`records/${key}`, value);
  }

  async modified(key: string): Promise<Date | undefined> {
    return (await this.#objects.stat(`records/${key}`))?.modified;
  }

  async delete(key: string): Promise<boolean> {
    // The store does not tell whether there was anything to delete.
    if (!(await this.#objects.stat(`records/${key}`))) return false;
    await this.#objects.delete(`records/${key}`);
    return true;
  }

  async *list(folder: string, after = ""): AsyncIterable<string> {
    const path = `records/${folder}/`;
    for await (const { key } of this.#objects.list(path, false, after === "" ? undefined : after)) {
      yield key.slice(path.length);
    }
  }
}
