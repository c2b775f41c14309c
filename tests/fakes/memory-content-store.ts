import type { BlobInfo, BlobWriter, ContentStore } from "../../src/content/content-store.ts";
import { cancelled, conflict, invalidArgument, notFound } from "../../src/errors/engine-error.ts";
import { type Digest, sha256 } from "../../src/oci/digest.ts";

/** A content store in memory that keeps the contract of the real one. */
export class MemoryContentStore implements ContentStore {
  readonly #blobs = new Map<Digest, Uint8Array>();
  readonly #partial = new Map<string, Buffer>();
  readonly #writing = new Set<string>();
  readonly #resumable = new Set<string>();

  async stat(digest: Digest): Promise<BlobInfo | undefined> {
    const bytes = this.#blobs.get(digest);
    return bytes && { digest, size: bytes.length };
  }

  open(
    digest: Digest,
    range: { offset: number; length?: number } = { offset: 0 },
  ): ReadableStream<Uint8Array> {
    const bytes = this.#blobs.get(digest);
    if (!bytes) throw notFound(`content ${digest}: not found`);
    const end = range.length === undefined ? bytes.length : range.offset + range.length;
    const part = bytes.slice(range.offset, end);
    return new ReadableStream({
      start(controller) {
        if (part.length > 0) controller.enqueue(part);
        controller.close();
      },
    });
  }

  async read(digest: Digest): Promise<Uint8Array> {
    const bytes = this.#blobs.get(digest);
    if (!bytes) throw notFound(`content ${digest}: not found`);
    return bytes;
  }

  pathOf(digest: Digest): string {
    return `/memory/${digest}`;
  }

  async ingest(ref: string, { resumable = false } = {}): Promise<BlobWriter> {
    if (this.#writing.has(ref)) throw conflict(`content "${ref}" is being written by somebody else`);
    this.#writing.add(ref);
    if (resumable) this.#resumable.add(ref);
    let sealed: BlobInfo | undefined;
    let moved = Promise.withResolvers<void>();
    const wake = () => {
      moved.resolve();
      moved = Promise.withResolvers();
    };
    let bytes = this.#partial.get(ref) ?? Buffer.alloc(0);
    const end = () => {
      wake();
      return this.#writing.delete(ref);
    };
    const mustBeOpen = () => {
      if (!this.#writing.has(ref)) throw conflict("the content writer is closed");
    };
    const seal = async (expect: { digest?: Digest; size?: number } = {}): Promise<BlobInfo> => {
      mustBeOpen();
      if (sealed) return sealed;
      const digest = sha256(bytes);
      const drop = (message: string) => {
        end();
        this.#partial.delete(ref);
        return invalidArgument(message);
      };
      if (expect.size !== undefined && expect.size !== bytes.length)
        throw drop(`unexpected size: content has ${bytes.length} bytes, expected ${expect.size}`);
      if (expect.digest !== undefined && expect.digest !== digest)
        throw drop(`unexpected digest: content has ${digest}, expected ${expect.digest}`);
      sealed = { digest, size: bytes.length };
      wake();
      return sealed;
    };
    return {
      get offset() {
        return bytes.length;
      },
      write: async (chunk) => {
        mustBeOpen();
        if (sealed) throw conflict("the content writer is sealed");
        bytes = Buffer.concat([bytes, chunk]);
        wake();
      },
      follow: async function* (store: MemoryContentStore) {
        for (let at = 0; ; ) {
          if (at < bytes.length) {
            const part = bytes.subarray(at);
            at = bytes.length;
            yield part;
            continue;
          }
          if (sealed && at >= sealed.size) return;
          if (!store.#writing.has(ref)) throw cancelled("the content was given up before it was whole");
          await moved.promise;
        }
      }.bind(undefined, this),
      seal,
      commit: async (expect = {}) => {
        const info = await seal(expect);
        end();
        this.#partial.delete(ref);
        this.#blobs.set(info.digest, bytes);
        return info;
      },
      abort: async () => {
        end();
        this.#partial.delete(ref);
      },
      [Symbol.asyncDispose]: async () => {
        if (end()) this.#partial.set(ref, bytes);
      },
    };
  }

  async put(bytes: Uint8Array, expect?: { digest: Digest; size: number }): Promise<BlobInfo> {
    await using writer = await this.ingest(`put-${crypto.randomUUID()}`);
    await writer.write(bytes);
    return await writer.commit(expect);
  }

  async *list(): AsyncIterable<BlobInfo> {
    for (const [digest, { length }] of this.#blobs) yield { digest, size: length };
  }

  async delete(digest: Digest): Promise<void> {
    this.#blobs.delete(digest);
  }

  async dropPartial(): Promise<number> {
    const idle = [...this.#partial.keys()].filter(
      (ref) => !this.#writing.has(ref) && !this.#resumable.has(ref),
    );
    for (const ref of idle) this.#partial.delete(ref);
    return idle.length;
  }

  async freeBytes(): Promise<number> {
    return 1 << 30;
  }
}
