import { constants, existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { open, readFile, statfs } from "node:fs/promises";
import { join } from "node:path";
import { conflict, notFound } from "../errors/engine-error.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import { type Digest, hexOf, isDigest, sha256 } from "../oci/digest.ts";
import { DiskBlobWriter } from "./blob-writer.ts";
import type { BlobInfo, BlobWriter, ContentStore } from "./content-store.ts";

/**
 * Blobs as files: `blobs/<algorithm>/<hex>` for what is committed, `ingest/<sha256 of the ref>`
 * for what is being written. A blob appears by rename of a synced file, so it is whole or absent.
 */
export class DiskContentStore implements ContentStore {
  readonly #root: string;
  /** Refs with a writer: two writers of one partial file would mix their bytes. */
  readonly #writing = new Set<string>();

  constructor(root: string) {
    this.#root = root;
    mkdirSync(join(root, "blobs/sha256"), { recursive: true, mode: 0o711 });
    mkdirSync(join(root, "ingest"), { recursive: true, mode: 0o700 });
  }

  pathOf(digest: Digest): string {
    return join(this.#root, "blobs", digest.slice(0, digest.indexOf(":")), hexOf(digest));
  }

  async stat(digest: Digest): Promise<BlobInfo | undefined> {
    const stats = statSync(this.pathOf(digest), { throwIfNoEntry: false });
    return stats && { digest, size: stats.size };
  }

  open(
    digest: Digest,
    range: { offset: number; length?: number } = { offset: 0 },
  ): ReadableStream<Uint8Array> {
    const path = this.pathOf(digest);
    if (!existsSync(path)) throw notFound(`content ${digest}: not found`);
    const end = range.length === undefined ? Number.POSITIVE_INFINITY : range.offset + range.length;
    return readFileStream(path, range.offset, end);
  }

  async read(digest: Digest): Promise<Uint8Array> {
    try {
      return await readFile(this.pathOf(digest));
    } catch (error) {
      throw notFound(`content ${digest}: not found`, error);
    }
  }

  async ingest(ref: string, { resumable = false } = {}): Promise<BlobWriter> {
    const path = join(this.#root, "ingest", hexOf(sha256(ref)) + (resumable ? resumableSuffix : ""));
    if (this.#writing.has(path)) throw conflict(`content "${ref}" is being written by somebody else`);
    this.#writing.add(path);
    try {
      const target = (digest: Digest) => this.pathOf(digest);
      return await DiskBlobWriter.open(path, target, () => this.#writing.delete(path));
    } catch (error) {
      this.#writing.delete(path);
      throw error;
    }
  }

  async put(bytes: Uint8Array, expect?: Pick<Descriptor, "digest" | "size">): Promise<BlobInfo> {
    const digest = sha256(bytes);
    const there = await this.stat(digest);
    if (there && (!expect || (expect.digest === digest && expect.size === there.size))) return there;
    await using writer = await this.ingest(`put-${digest}-${crypto.randomUUID()}`);
    await writer.write(bytes);
    // Awaited here: the writer is disposed when this function returns.
    return await writer.commit(expect ?? { digest, size: bytes.length });
  }

  async *list(): AsyncIterable<BlobInfo> {
    for (const algorithm of readdirSync(join(this.#root, "blobs"))) {
      for (const hex of readdirSync(join(this.#root, "blobs", algorithm))) {
        const digest = `${algorithm}:${hex}`;
        if (!isDigest(digest)) continue;
        const info = await this.stat(digest);
        if (info) yield info;
      }
    }
  }

  /** At once and not on the thread pool: between "nobody needs it" and its end nobody can start to. */
  async delete(digest: Digest): Promise<void> {
    rmSync(this.pathOf(digest), { force: true });
  }

  async dropPartial(): Promise<number> {
    let dropped = 0;
    for (const name of readdirSync(join(this.#root, "ingest"))) {
      const path = join(this.#root, "ingest", name);
      if (this.#writing.has(path)) continue;
      const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
      if (name.endsWith(resumableSuffix) && age < resumableMs) continue;
      rmSync(path, { force: true });
      dropped++;
    }
    return dropped;
  }

  async freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.#root);
    return bavail * bsize;
  }
}

/** An interrupted download is gone on with by whoever wants the same the same day. */
const resumableSuffix = ".resumable";
const resumableMs = 24 * 60 * 60 * 1000;

/** Opens (and makes) the store below a directory of its own. */
export function openContentStore(directory: string): DiskContentStore {
  return new DiskContentStore(directory);
}

const readSize = 1 << 18;

function readFileStream(path: string, start: number, end: number): ReadableStream<Uint8Array> {
  let file: Awaited<ReturnType<typeof open>> | undefined;
  let at = start;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        file ??= await open(path, constants.O_RDONLY);
        const want = Math.min(readSize, end - at);
        const { bytesRead, buffer } = await file.read(new Uint8Array(want), 0, want, at);
        at += bytesRead;
        if (bytesRead > 0) controller.enqueue(buffer.subarray(0, bytesRead));
        if (bytesRead > 0 && at < end) return;
        await file.close();
        controller.close();
      },
      async cancel() {
        await file?.close();
      },
    },
    { highWaterMark: 1 },
  );
}
