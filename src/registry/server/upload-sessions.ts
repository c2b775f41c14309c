import { cancelled } from "../../errors/engine-error.ts";
import type { BlobStorage, UploadKey, UploadWriter } from "./storage/registry-storage.ts";

interface Session {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/**
 * One writer an upload. A client that lost its connection comes back before this side has
 * noticed: the request that comes later wins, the earlier one is ended and what it brought stays.
 */
export class UploadSessions {
  readonly #blobs: BlobStorage;
  readonly #open = new Map<UploadKey, Session>();

  constructor(blobs: BlobStorage) {
    this.#blobs = blobs;
  }

  run<T>(key: UploadKey, work: (writer: UploadWriter, superseded: AbortSignal) => Promise<T>): Promise<T> {
    return this.#alone(key, async (superseded) => {
      await using writer = await this.#blobs.openUpload(key);
      return await work(writer, superseded);
    });
  }

  delete(key: UploadKey): Promise<boolean> {
    return this.#alone(key, () => this.#blobs.deleteUpload(key));
  }

  isOpen(key: UploadKey): boolean {
    return this.#open.has(key);
  }

  async #alone<T>(key: UploadKey, work: (superseded: AbortSignal) => Promise<T>): Promise<T> {
    for (let other = this.#open.get(key); other; other = this.#open.get(key)) {
      other.stop.abort(cancelled("another request took over this upload"));
      await other.ended;
    }
    // Nothing is awaited between the look and this: of several that waited, one comes through.
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    const stop = new AbortController();
    this.#open.set(key, { stop, ended });
    try {
      return await work(stop.signal);
    } finally {
      this.#open.delete(key);
      resolve();
    }
  }
}
