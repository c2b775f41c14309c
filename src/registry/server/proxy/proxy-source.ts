import { messageOf } from "../../../errors/engine-error.ts";
import { log } from "../../../lib/log.ts";
import type { Digest } from "../../../oci/digest.ts";
import { RegistryRefusal } from "../../client/registry-refusal.ts";
import type { RemoteManifest, RemoteRepository } from "../../client/remote-repository.ts";
import type { BlobContent, ContentSource } from "../content-source.ts";
import { storeManifest } from "../handlers/manifests.ts";
import { parseManifestContent } from "../manifest-content.ts";
import { isTag, type RepositoryName, type Tag } from "../names.ts";
import { OciError } from "../oci-error.ts";
import type { Repositories } from "../repositories.ts";
import type { Repository, StoredManifest } from "../repository.ts";
import type { UploadSessions } from "../upload-sessions.ts";
import { BlobFetches } from "./blob-fetches.ts";

/** A repository of the registry that this one stands before. */
export type Upstream = (name: RepositoryName) => RemoteRepository;

/** A tag may be moved at any time; blobs and manifests by digest never change. */
const usualTtlMs = 60_000;
/** A question behind which a client waits. */
const askMs = 30_000;
/** After it could not be reached, the other registry is left alone for so long where a copy will do. */
const downMs = 10_000;

export function proxySource(upstream: Upstream, ttlMs = usualTtlMs) {
  return (repositories: Repositories, uploads: UploadSessions): ContentSource =>
    new ProxySource(upstream, ttlMs, repositories, uploads);
}

/**
 * Answers from what is stored, and fetches what is not from the registry behind, once for all
 * who ask. A tag is asked for again when its time is over; when the other registry cannot be
 * reached, what is stored has to do.
 */
class ProxySource implements ContentSource {
  /** Referrers pushed to the other registry are not all known here: clients take its referrers tags. */
  readonly knowsReferrers = false;
  readonly #upstream: Upstream;
  readonly #ttlMs: number;
  readonly #fetches: BlobFetches;
  readonly #repositories: Repositories;
  /** When a tag was last held against the other registry, and questions under way. */
  readonly #checked = new Map<string, number>();
  #downUntil = 0;
  readonly #asking = new Map<string, Promise<unknown>>();

  constructor(upstream: Upstream, ttlMs: number, repositories: Repositories, uploads: UploadSessions) {
    this.#upstream = upstream;
    this.#ttlMs = ttlMs;
    this.#repositories = repositories;
    this.#fetches = new BlobFetches(repositories, uploads);
  }

  async resolve(repository: Repository, tag: Tag): Promise<Digest | undefined> {
    const key = `${repository.name}:${tag}`;
    const stored = await repository.tag(tag);
    const believed = Date.now() - (this.#checked.get(key) ?? 0) < this.#ttlMs;
    if (stored && (believed || Date.now() < this.#downUntil)) return stored;
    return this.#once(key, () => this.#revalidate(repository, tag, stored));
  }

  async #revalidate(
    repository: Repository,
    tag: Tag,
    stored: Digest | undefined,
  ): Promise<Digest | undefined> {
    const remote = this.#upstream(repository.name);
    const signal = AbortSignal.timeout(askMs);
    const key = `${repository.name}:${tag}`;
    try {
      const found = stored && (await remote.describe(tag, signal));
      if (stored && found?.digest === stored) {
        this.#checked.set(key, Date.now());
        return stored;
      }
      if (stored && !found) return await this.#gone(repository, tag);
      const manifest = await remote.manifest(tag, signal);
      await this.#keep(repository, manifest);
      await repository.setTag(tag, manifest.descriptor.digest);
      this.#checked.set(key, Date.now());
      return manifest.descriptor.digest;
    } catch (error) {
      // Only a 404 says that it is gone: a password that ran out must not cost the copies.
      if (isAbsence(error)) return isGone(error) ? this.#gone(repository, tag) : undefined;
      if (!stored) throw asAnswer(error);
      this.#downUntil = Date.now() + downMs;
      log.warn(`the other registry does not answer, the stored tag is given out: ${messageOf(error)}`, {
        repository: repository.name,
        tag,
      });
      return stored;
    }
  }

  async #gone(repository: Repository, tag: Tag): Promise<undefined> {
    await repository.deleteTag(tag);
    return undefined;
  }

  async manifest(repository: Repository, digest: Digest): Promise<StoredManifest | undefined> {
    const stored = await repository.manifest(digest);
    if (stored) return stored;
    return this.#once(`${repository.name}@${digest}`, async () => {
      const remote = this.#upstream(repository.name);
      try {
        return await this.#keep(repository, await remote.manifest(digest, AbortSignal.timeout(askMs)));
      } catch (error) {
        if (isAbsence(error)) return undefined;
        throw asAnswer(error);
      }
    });
  }

  async #keep(repository: Repository, { descriptor, raw }: RemoteManifest): Promise<StoredManifest> {
    const content = parseManifestContent(raw, descriptor.mediaType || undefined);
    const stored = { digest: descriptor.digest, mediaType: content.mediaType, bytes: raw };
    await repository.locked(() => storeManifest(repository, stored, content));
    return stored;
  }

  async blob(repository: Repository, digest: Digest, use: "look" | "read"): Promise<BlobContent | undefined> {
    const size = await repository.blobSize(digest);
    if (size !== undefined) {
      const { blobs } = this.#repositories.storage;
      return { size, read: (offset, end) => blobs.read(digest, offset, end) };
    }
    try {
      return await this.#fetches.get(repository, digest, this.#upstream(repository.name), use);
    } catch (error) {
      if (isAbsence(error)) return undefined;
      throw asAnswer(error);
    }
  }

  async tags(repository: Repository, after: string): Promise<AsyncIterable<Tag> | undefined> {
    try {
      const all = this.#upstream(repository.name).tags(AbortSignal.timeout(askMs));
      const names = (await Array.fromAsync(all)).filter(isTag).sort();
      return (async function* () {
        for (const name of names) if (name > after) yield name;
      })();
    } catch (error) {
      if (isAbsence(error)) return undefined;
      if (!(await repository.exists)) throw asAnswer(error);
      return repository.tags(after);
    }
  }

  /** One question at a time for one thing; those who ask meanwhile share its answer. */
  #once<T>(key: string, work: () => Promise<T>): Promise<T> {
    const running = this.#asking.get(key) as Promise<T> | undefined;
    if (running) return running;
    const mine = work().finally(() => this.#asking.delete(key));
    this.#asking.set(key, mine);
    return mine;
  }
}

/** The other registry said that there is no such thing; some say "denied" for what is not there. */
function isAbsence(error: unknown): boolean {
  return error instanceof RegistryRefusal && [401, 403, 404].includes(error.status);
}

function isGone(error: unknown): boolean {
  return error instanceof RegistryRefusal && error.status === 404;
}

function asAnswer(error: unknown): OciError {
  if (error instanceof OciError) return error;
  const status = error instanceof RegistryRefusal && error.status === 429 ? 429 : 502;
  return new OciError("UNAVAILABLE", `the registry behind this one: ${messageOf(error)}`, undefined, {
    status,
  });
}
