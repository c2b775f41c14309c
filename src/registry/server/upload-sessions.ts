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

  async run<T>(
    key: UploadKey,
    work: (writer: UploadWriter, superseded: AbortSignal) => Promise<T>,
  ): Promise<T> {
    await this.#endOther(key);
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    const session = { stop: new AbortController(), ended };
    this.#open.set(key, session);
    try {
      await using writer = await this.#blobs.openUpload(key);
      return await work(writer, session.stop.signal);
    } finally {
      if (this.#open.get(key) === session) this.#open.delete(key);
      resolve();
    }
  }

  async delete(key: UploadKey): Promise<boolean> {
    await this.#endOther(key);
    return this.#blobs.deleteUpload(key);
  }

  isOpen(key: UploadKey): boolean {
    return this.#open.has(key);
  }

  async #endOther(key: UploadKey): Promise<void> {
    for (let other = this.#open.get(key); other; other = this.#open.get(key)) {
      other.stop.abort(cancelled("another request took over this upload"));
      await other.ended;
    }
  }
}
