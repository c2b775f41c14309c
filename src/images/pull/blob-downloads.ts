import type { BlobWriter, ContentStore } from "../../content/content-store.ts";
import { EngineError } from "../../errors/engine-error.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import type { Digest } from "../../oci/digest.ts";
import { isTransient } from "../../registry/client/registry-refusal.ts";
import type { RemoteRepository } from "../../registry/client/remote-repository.ts";
import { type DownloadPhase, downloadBlob } from "./download-blob.ts";
import type { PullOptions } from "./pull-options.ts";
import { SharedWork } from "./shared-work.ts";

export type DownloadOptions = Pick<PullOptions, "downloads" | "retries">;

/** One caller's part in a download. */
export interface Download {
  /** All bytes are there and are what they should be. They stay invisible until `commit`. */
  readonly whole: Promise<void>;
  /** The bytes from the first one on, as they arrive. */
  follow(): AsyncIterable<Uint8Array>;
  commit(): Promise<void>;
  /** Its beginning is from an earlier attempt, and not verified yet. */
  isResumed(): boolean;
  /** `keep`: what arrived may be gone on with another time. Counts for the last one who leaves. */
  leave(keep: boolean): Promise<void>;
}

/** Whether what an attempt that ended so has brought is worth keeping for the next one. */
export function isWorthKeeping(error: unknown): boolean {
  return isTransient(error) || (error instanceof EngineError && error.kind === "cancelled");
}

/** Downloads of blobs, each once at a time however many pulls want it. */
export class BlobDownloads {
  readonly #content: ContentStore;
  readonly #running = new Map<Digest, Running>();
  /** Downloads that were left and still hold their file. */
  readonly #ending = new Map<Digest, Promise<void>>();

  constructor(content: ContentStore) {
    this.#content = content;
  }

  join(
    blob: Descriptor,
    repository: RemoteRepository,
    options: DownloadOptions,
    watch: (phase: DownloadPhase) => void,
  ): Download {
    const { digest } = blob;
    const known = this.#running.get(digest);
    const running = known ?? new Running(this.#content, blob, repository, options, this.#ending.get(digest));
    if (!known) this.#start(digest, running);
    const leave = running.work.join(watch);
    return {
      whole: running.work.result,
      follow: () => running.follow(),
      commit: () => running.commit(),
      isResumed: () => running.isResumed,
      leave: async (keep) => {
        if (!leave()) return;
        this.#forget(digest, running);
        const ended = running.end(keep);
        this.#ending.set(digest, ended);
        await ended;
        if (this.#ending.get(digest) === ended) this.#ending.delete(digest);
      },
    };
  }

  /** One that failed is joined by nobody any more: it has let go of its file. */
  #start(digest: Digest, running: Running): void {
    this.#running.set(digest, running);
    running.work.result.catch(() => this.#forget(digest, running));
  }

  #forget(digest: Digest, running: Running): void {
    if (this.#running.get(digest) === running) this.#running.delete(digest);
  }
}

class Running {
  readonly #content: ContentStore;
  readonly #digest: Digest;
  readonly work: SharedWork<DownloadPhase, void>;
  readonly #writer = Promise.withResolvers<BlobWriter>();
  #committing: Promise<unknown> | undefined;
  isResumed = false;

  constructor(
    content: ContentStore,
    blob: Descriptor,
    repository: RemoteRepository,
    { downloads, retries }: DownloadOptions,
    before: Promise<void> | undefined,
  ) {
    this.#content = content;
    this.#digest = blob.digest;
    this.#writer.promise.catch(() => {});
    this.work = new SharedWork(async (tell, signal) => {
      try {
        await before;
        await downloads.run(
          async () => {
            const writer = await openWriter(content, blob);
            this.isResumed = writer.offset > 0;
            this.#writer.resolve(writer);
            await downloadBlob(blob, repository, writer, { retries, tell, signal });
          },
          { signal, onWait: () => tell({ kind: "waiting" }) },
        );
      } catch (error) {
        this.#writer.reject(error);
        // Followers learn of it at once; what cannot be gone on with leaves nothing.
        const writer = await this.#writer.promise.catch(() => undefined);
        if (isWorthKeeping(error)) await writer?.[Symbol.asyncDispose]();
        else await writer?.abort();
        throw error;
      }
    });
  }

  async *follow(): AsyncGenerator<Uint8Array> {
    const writer = await this.#writer.promise;
    if (!this.#committing) return yield* writer.follow();
    await this.#committing;
    yield* this.#content.open(this.#digest);
  }

  async commit(): Promise<void> {
    await this.work.result;
    this.#committing ??= this.#writer.promise.then((writer) => writer.commit());
    await this.#committing;
  }

  /** Settles when the file is let go of. */
  async end(keep: boolean): Promise<void> {
    await this.work.result.catch(() => {});
    await this.#committing?.catch(() => {});
    const writer = await this.#writer.promise.catch(() => undefined);
    if (!writer) return;
    if (keep || this.#committing) await writer[Symbol.asyncDispose]();
    else await writer.abort();
  }
}

/** More than there should be cannot be gone on with. */
async function openWriter(content: ContentStore, { digest, size }: Descriptor): Promise<BlobWriter> {
  const ref = `pull-${digest}`;
  const writer = await content.ingest(ref, { resumable: true });
  if (writer.offset <= size) return writer;
  await writer.abort();
  return await content.ingest(ref, { resumable: true });
}
