import { statSync } from "node:fs";
import { open, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { invalidArgument } from "../../../errors/engine-error.ts";
import { type Digest, hexOf, isDigest } from "../../../oci/digest.ts";
import { isMissing, makeDirectory, putFile, readPieces, removeFile } from "./directory-files.ts";
import { DirectoryUpload } from "./directory-upload.ts";
import type {
  BlobStorage,
  DigestAlgorithm,
  Pieces,
  RecordStore,
  RegistryStorage,
  StoredBlob,
  UploadKey,
  UploadWriter,
} from "./registry-storage.ts";
import { KeptDigests, UploadDigest } from "./upload-digest.ts";
import { isUploadKey } from "./upload-key.ts";

/**
 * A registry in a local directory:
 *
 *     layout                                  {"version":1}
 *     blobs/sha256/ab/ab12…                   bytes of a blob
 *     uploads/<id>-<mark of repository>       bytes of an upload so far; its length is its offset
 *     records/…                               see repositories.ts
 *     aside/                                  files on their way to their place
 *
 * Everything appears by rename of a synced file, so after a crash it is whole or absent.
 */
export async function openDirectoryStorage(root: string): Promise<RegistryStorage> {
  for (const folder of ["blobs", "uploads", "records", "aside"]) await makeDirectory(join(root, folder));
  await checkLayout(root);
  const records = new DirectoryRecords(root);
  return {
    blobs: new DirectoryBlobs(root),
    records,
    async check() {
      const key = "check";
      await records.put(key, Buffer.from(String(Date.now())));
      await records.get(key);
      await records.delete(key);
    },
  };
}

async function checkLayout(root: string): Promise<void> {
  const path = join(root, "layout");
  const text = await readFile(path, "utf8").catch((error) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (text === undefined) await putFile(path, asidePath(root), Buffer.from('{"version":1}\n'));
  else if (JSON.parse(text).version !== 1) {
    throw invalidArgument(`${JSON.stringify(root)} was written by a newer registry: ${text.trim()}`);
  }
}

const asidePath = (root: string) => join(root, "aside", crypto.randomUUID());

class DirectoryBlobs implements BlobStorage {
  readonly #root: string;
  readonly #kept = new KeptDigests();

  constructor(root: string) {
    this.#root = root;
  }

  // Synchronous: a stat of a name the kernel has at hand is faster than a trip to the thread pool.
  async size(digest: Digest): Promise<number | undefined> {
    return statSync(this.#pathOf(digest), { throwIfNoEntry: false })?.size;
  }

  read(digest: Digest, offset: number, end: number): Pieces {
    return readPieces(this.#pathOf(digest), offset, end);
  }

  async delete(digest: Digest): Promise<void> {
    await removeFile(this.#pathOf(digest));
  }

  async *list(): AsyncIterable<StoredBlob> {
    for (const algorithm of await namesIn(join(this.#root, "blobs"))) {
      for (const shard of await namesIn(join(this.#root, "blobs", algorithm))) {
        for (const hex of await namesIn(join(this.#root, "blobs", algorithm, shard))) {
          const digest = `${algorithm}:${hex}`;
          const stats = isDigest(digest) && statSync(this.#pathOf(digest), { throwIfNoEntry: false });
          if (stats && isDigest(digest)) yield { digest, modified: stats.mtime };
        }
      }
    }
  }

  async createUpload(key: UploadKey, algorithm: DigestAlgorithm): Promise<void> {
    const file = await open(this.#uploadPath(key), "wx", 0o600);
    await file.close();
    this.#kept.keep(key, new UploadDigest(algorithm));
  }

  async uploadOffset(key: UploadKey): Promise<number | undefined> {
    return statSync(this.#uploadPath(key), { throwIfNoEntry: false })?.size;
  }

  openUpload(key: UploadKey): Promise<UploadWriter> {
    return DirectoryUpload.open({
      key,
      path: this.#uploadPath(key),
      target: (digest) => this.#pathOf(digest),
      kept: this.#kept,
    });
  }

  readUpload(key: UploadKey, offset: number, end: number): Pieces {
    return readPieces(this.#uploadPath(key), offset, end);
  }

  async deleteUpload(key: UploadKey): Promise<boolean> {
    this.#kept.take(key);
    return removeFile(this.#uploadPath(key));
  }

  async *uploads(): AsyncIterable<{ key: UploadKey; modified: Date }> {
    for (const name of await namesIn(join(this.#root, "uploads"))) {
      const stats = statSync(join(this.#root, "uploads", name), { throwIfNoEntry: false });
      if (stats && isUploadKey(name)) yield { key: name, modified: stats.mtime };
    }
  }

  async removeLeftovers(before: Date, dryRun: boolean): Promise<number> {
    let count = 0;
    for (const name of await namesIn(join(this.#root, "aside"))) {
      const path = join(this.#root, "aside", name);
      const stats = statSync(path, { throwIfNoEntry: false });
      if (!stats || stats.mtime >= before) continue;
      if (!dryRun) await removeFile(path);
      count++;
    }
    return count;
  }

  #pathOf(digest: Digest): string {
    const hex = hexOf(digest);
    return join(this.#root, "blobs", digest.slice(0, digest.indexOf(":")), hex.slice(0, 2), hex);
  }

  #uploadPath(key: UploadKey): string {
    return join(this.#root, "uploads", key);
  }
}

class DirectoryRecords implements RecordStore {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    try {
      return await readFile(this.#pathOf(key));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async put(key: string, value: Uint8Array): Promise<void> {
    await putFile(this.#pathOf(key), asidePath(this.#root), value);
  }

  async modified(key: string): Promise<Date | undefined> {
    return statSync(this.#pathOf(key), { throwIfNoEntry: false })?.mtime;
  }

  async delete(key: string): Promise<boolean> {
    return removeFile(this.#pathOf(key));
  }

  async *list(folder: string, after = ""): AsyncIterable<string> {
    const entries = await readdir(this.#pathOf(folder), { withFileTypes: true }).catch(noneIfMissing);
    yield* entries
      .filter((entry) => entry.isFile() && entry.name > after)
      .map((entry) => entry.name)
      .sort();
  }

  #pathOf(key: string): string {
    return join(this.#root, "records", key);
  }
}

function namesIn(path: string): Promise<string[]> {
  return readdir(path).catch(noneIfMissing);
}

function noneIfMissing(error: unknown): [] {
  if (isMissing(error)) return [];
  throw error;
}
