import type { Digest } from "../../src/oci/digest.ts";
import { uploadUnknown } from "../../src/registry/server/names.ts";
import type {
  BlobStorage,
  RecordStore,
  RegistryStorage,
  StoredBlob,
  UploadKey,
  UploadWriter,
} from "../../src/registry/server/storage/registry-storage.ts";
import { algorithmOf, UploadDigest, wrongDigest } from "../../src/registry/server/storage/upload-digest.ts";

interface Timed<T> {
  value: T;
  modified: Date;
}

/** A registry's storage in memory, with a clock that tests may turn back. */
export class MemoryRegistryStorage implements RegistryStorage {
  readonly files = new Map<string, Timed<Uint8Array>>();
  readonly stored = new Map<Digest, Timed<Uint8Array>>();
  readonly open = new Map<UploadKey, Timed<Uint8Array>>();
  /** Thrown by the next check. */
  failure: Error | undefined;

  /** Everything was written this long ago. */
  age(milliseconds: number): void {
    for (const map of [this.files, this.stored, this.open]) {
      for (const entry of map.values()) entry.modified = new Date(entry.modified.getTime() - milliseconds);
    }
  }

  async check(): Promise<void> {
    if (this.failure) throw this.failure;
  }

  readonly records: RecordStore = {
    get: async (key) => this.files.get(key)?.value,
    put: async (key, value) => void this.files.set(key, { value: Buffer.from(value), modified: new Date() }),
    modified: async (key) => this.files.get(key)?.modified,
    delete: async (key) => this.files.delete(key),
    list: (folder, after = "") => namesBelow([...this.files.keys()], folder, after),
  };

  readonly blobs: BlobStorage = {
    size: async (digest) => this.stored.get(digest)?.value.length,
    read: (digest, offset, end) => pieces(this.stored.get(digest)?.value.subarray(offset, end)),
    delete: async (digest) => void this.stored.delete(digest),
    list: () => this.#list(),
    createUpload: async (key) => void this.open.set(key, { value: Buffer.alloc(0), modified: new Date() }),
    uploadOffset: async (key) => this.open.get(key)?.value.length,
    openUpload: async (key) => this.#writer(key),
    readUpload: (key, offset, end) => pieces(this.open.get(key)?.value.subarray(offset, end)),
    deleteUpload: async (key) => this.open.delete(key),
    uploads: () => this.#uploads(),
    removeLeftovers: async () => 0,
  };

  async *#list(): AsyncIterable<StoredBlob> {
    for (const [digest, { modified }] of [...this.stored]) yield { digest, modified };
  }

  async *#uploads() {
    for (const [key, { modified }] of [...this.open]) yield { key, modified };
  }

  #writer(key: UploadKey): UploadWriter {
    const entry = this.open.get(key);
    if (!entry) throw uploadUnknown(key);
    return {
      get offset() {
        return entry.value.length;
      },
      get readable() {
        return entry.value.length;
      },
      write: async (chunk) => {
        entry.value = Buffer.concat([entry.value, chunk]);
        entry.modified = new Date();
      },
      commit: async (digest) => {
        this.open.delete(key);
        const hash = new UploadDigest(algorithmOf(digest));
        hash.update(entry.value);
        const found = hash.digest();
        if (found !== digest) throw wrongDigest(digest, found);
        this.stored.set(digest, { value: entry.value, modified: new Date() });
        return entry.value.length;
      },
      abort: async () => void this.open.delete(key),
      [Symbol.asyncDispose]: async () => {},
    };
  }
}

async function* namesBelow(keys: readonly string[], folder: string, after: string): AsyncIterable<string> {
  const prefix = `${folder}/`;
  const names = keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
  yield* names.filter((name) => !name.includes("/") && name > after).sort();
}

async function* pieces(bytes: Uint8Array | undefined): AsyncIterable<Uint8Array> {
  if (!bytes) throw new Error("no such bytes");
  if (bytes.length > 0) yield bytes;
}
