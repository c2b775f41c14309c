import { internal, messageOf, unavailable } from "../../../errors/engine-error.ts";
import { log } from "../../../lib/log.ts";
import type { Digest } from "../../../oci/digest.ts";
import type { RemoteRepository } from "../../client/remote-repository.ts";
import type { BlobContent } from "../content-source.ts";
import { newUploadId } from "../names.ts";
import type { Repositories } from "../repositories.ts";
import type { Repository } from "../repository.ts";
import type { BlobStorage, UploadKey, UploadWriter } from "../storage/registry-storage.ts";
import { uploadKey } from "../storage/upload-key.ts";
import type { UploadSessions } from "../upload-sessions.ts";
import { FetchProgress } from "./fetch-progress.ts";

/** A stream that breaks off is gone on with at its end, so many times. */
const mostTries = 4;
/** A stream that brings nothing for so long counts as broken off. */
const stallMs = 60_000;

/** Blobs on their way from the other registry: one fetch each, read by all who want it while it grows. */
export class BlobFetches {
  readonly #repositories: Repositories;
  readonly #uploads: UploadSessions;
  readonly #running = new Map<string, Promise<BlobContent>>();

  constructor(repositories: Repositories, uploads: UploadSessions) {
    this.#repositories = repositories;
    this.#uploads = uploads;
  }

  async get(
    repository: Repository,
    digest: Digest,
    remote: RemoteRepository,
    use: "look" | "read",
  ): Promise<BlobContent | undefined> {
    const key = `${repository.name}@${digest}`;
    const running = this.#running.get(key);
    if (running) return running;
    const { blobs } = this.#repositories.storage;
    const size = await blobs.size(digest);
    if (size !== undefined) {
      // Stored for another repository: it may be shown here when the other registry shows it here too.
      if (!(await remote.hasBlob(digest, AbortSignal.timeout(30_000)))) return undefined;
      if (await repository.link(digest))
        return { size, read: (offset, end) => blobs.read(digest, offset, end) };
    }
    if (use === "look") return lookAt(digest, remote);
    // Looked up again: somebody may have begun while the other registry was asked.
    const begun = this.#running.get(key) ?? this.#begin(key, repository, digest, remote);
    return begun;
  }

  #begin(
    key: string,
    repository: Repository,
    digest: Digest,
    remote: RemoteRepository,
  ): Promise<BlobContent> {
    const { blobs } = this.#repositories.storage;
    const upload = uploadKey(repository.name, newUploadId());
    const progress = new FetchProgress();
    const fetched = this.#fetch(upload, repository, digest, remote, progress)
      .catch(async (error) => {
        progress.fail(error);
        await this.#uploads.delete(upload).catch(() => {});
        if (progress.begun) log.warn(`a blob could not be fetched: ${messageOf(error)}`, { digest });
      })
      .finally(() => this.#running.delete(key));
    const content = progress.size.then(async (size) => {
      if (size === undefined) {
        await fetched;
        progress.throwIfFailed();
        return { size: progress.readable, read: (offset, end) => blobs.read(digest, offset, end) };
      }
      return { size, read: (offset, end) => growing(blobs, upload, digest, progress, offset, end) };
    }) as Promise<BlobContent>;
    this.#running.set(key, content);
    return content;
  }

  async #fetch(
    upload: UploadKey,
    repository: Repository,
    digest: Digest,
    remote: RemoteRepository,
    progress: FetchProgress,
  ): Promise<void> {
    await this.#repositories.storage.blobs.createUpload(
      upload,
      digest.startsWith("sha512:") ? "sha512" : "sha256",
    );
    await this.#uploads.run(upload, async (writer) => {
      for (let tries = 1; ; tries++) {
        try {
          await copy(remote, digest, writer, progress);
          break;
        } catch (error) {
          if (!progress.begun || tries === mostTries) throw error;
          log.debug(`a blob broke off, it is gone on with: ${messageOf(error)}`, { digest, tries });
        }
      }
      await repository.link(digest, () => writer.commit(digest));
      progress.finish(writer.offset);
    });
  }
}

async function lookAt(digest: Digest, remote: RemoteRepository): Promise<BlobContent> {
  const { size, bytes } = await remote.blob(digest, 0, AbortSignal.timeout(30_000));
  await bytes.cancel().catch(() => {});
  if (size === undefined) throw internal(`the size of blob ${digest} is not known before it is fetched`);
  return { size, read: () => nothing };
}

const nothing: AsyncIterable<Uint8Array> = { async *[Symbol.asyncIterator]() {} };

/** Appends what is missing of the blob. */
async function copy(
  remote: RemoteRepository,
  digest: Digest,
  writer: UploadWriter,
  progress: FetchProgress,
): Promise<void> {
  const stop = new AbortController();
  const { offset, size, bytes } = await remote.blob(digest, writer.offset, stop.signal);
  progress.begin(size);
  let skip = writer.offset - offset;
  const stalled = setTimeout(() => stop.abort(unavailable("nothing came for too long")), stallMs);
  try {
    for await (const chunk of bytes) {
      stalled.refresh();
      // A registry that knows no ranges begins again at the start.
      const fresh = skip > 0 ? chunk.subarray(Math.min(skip, chunk.length)) : chunk;
      skip -= chunk.length - fresh.length;
      if (fresh.length === 0) continue;
      await writer.write(fresh);
      progress.grow(writer.readable);
    }
  } finally {
    clearTimeout(stalled);
    stop.abort();
  }
  if (size !== undefined && writer.offset < size) throw internal("the stream ended too early");
}

/** Reads a blob while it grows: what is there, then what comes, from the upload and at the end from the blob. */
async function* growing(
  blobs: BlobStorage,
  upload: UploadKey,
  digest: Digest,
  progress: FetchProgress,
  offset: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  for (let at = offset; at < end; ) {
    await progress.past(at);
    const limit = Math.min(end, progress.readable);
    const source = progress.finished ? blobs.read(digest, at, limit) : blobs.readUpload(upload, at, limit);
    try {
      for await (const piece of source) {
        at += piece.length;
        yield piece;
      }
    } catch (error) {
      // Between the look and the read the upload became the blob.
      if (!progress.finished) await progress.settled;
      progress.throwIfFailed();
      if (at >= limit) throw error;
      for await (const piece of blobs.read(digest, at, limit)) {
        at += piece.length;
        yield piece;
      }
    }
  }
}
