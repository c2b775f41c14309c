import { notFound } from "../../src/errors/engine-error.ts";
import type { Descriptor } from "../../src/oci/descriptor.ts";
import { type Digest, sha256 } from "../../src/oci/digest.ts";
import type {
  BlobRange,
  BlobUpload,
  RemoteManifest,
  RemoteRepository,
} from "../../src/registry/client/remote-repository.ts";

/** A registry in memory: repositories by path, and what was done to them, in order. */
export class MemoryRegistry {
  readonly repositories = new Map<string, MemoryRepository>();
  readonly done: string[] = [];

  repository(path: string): MemoryRepository {
    const known = this.repositories.get(path) ?? new MemoryRepository(path, this);
    this.repositories.set(path, known);
    return known;
  }
}

export class MemoryRepository implements RemoteRepository {
  readonly blobs = new Map<Digest, Uint8Array>();
  readonly manifests = new Map<string, { raw: Uint8Array; mediaType: string }>();
  readonly #path: string;
  readonly #registry: MemoryRegistry;
  /** Called before a blob is taken, for tests that want to be in the middle. */
  beforeUpload: (digest: Digest, signal: AbortSignal) => Promise<void> = async () => {};
  running = 0;
  mostRunning = 0;

  constructor(path: string, registry: MemoryRegistry) {
    this.#path = path;
    this.#registry = registry;
  }

  async manifest(reference: string): Promise<RemoteManifest> {
    const found = this.manifests.get(reference);
    if (!found) throw notFound(`manifest for ${reference} not found`);
    const { raw, mediaType } = found;
    return { raw, descriptor: { mediaType, digest: sha256(raw), size: raw.length } };
  }

  async describe(reference: string): Promise<Descriptor | undefined> {
    return this.manifests.has(reference) ? (await this.manifest(reference)).descriptor : undefined;
  }

  async putManifest(reference: string, manifest: { raw: Uint8Array; mediaType: string }): Promise<Digest> {
    const digest = sha256(manifest.raw);
    this.manifests.set(reference, manifest);
    this.manifests.set(digest, manifest);
    this.#registry.done.push(`manifest ${this.#path}:${reference}`);
    return digest;
  }

  async blob(digest: Digest, offset: number): Promise<BlobRange> {
    const bytes = this.blobs.get(digest);
    if (!bytes) throw notFound(`blob ${digest} not found`);
    return { offset, size: bytes.length, bytes: new Blob([Buffer.from(bytes.subarray(offset))]).stream() };
  }

  async hasBlob(digest: Digest): Promise<boolean> {
    return this.blobs.has(digest);
  }

  async mountBlob(digest: Digest, from: string): Promise<boolean> {
    const bytes = this.#registry.repositories.get(from)?.blobs.get(digest);
    this.#registry.done.push(`mount ${this.#path} from ${from}: ${bytes !== undefined}`);
    if (bytes) this.blobs.set(digest, bytes);
    return bytes !== undefined;
  }

  async uploadBlob(
    { digest, size }: { digest: Digest; size: number },
    upload: BlobUpload,
    signal: AbortSignal,
  ): Promise<void> {
    this.mostRunning = Math.max(this.mostRunning, ++this.running);
    try {
      await this.beforeUpload(digest, signal);
      signal.throwIfAborted();
      const bytes = Buffer.concat(await Array.fromAsync(upload.open(0)));
      if (bytes.length !== size || sha256(bytes) !== digest) throw new Error(`wrong bytes for ${digest}`);
      upload.onProgress?.(size);
      this.blobs.set(digest, bytes);
      this.#registry.done.push(`upload ${this.#path}`);
    } finally {
      this.running--;
    }
  }

  async *tags(): AsyncIterable<string> {
    for (const name of this.manifests.keys()) if (!name.includes(":")) yield name;
  }
}
