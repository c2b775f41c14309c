import type { Digest } from "../../../oci/digest.ts";
import { removeManifest } from "../handlers/manifests.ts";
import { parseManifestContent } from "../manifest-content.ts";
import type { RepositoryName } from "../names.ts";
import type { Repositories } from "../repositories.ts";
import { anyWish, type Repository } from "../repository.ts";
import type { UploadKey } from "../storage/registry-storage.ts";
import type { UploadSessions } from "../upload-sessions.ts";
import { liveManifests, type ManifestLinks } from "./live-manifests.ts";

export interface SweepOptions {
  /** What is younger is left alone: a push in progress has blobs that no manifest names yet. */
  readonly graceMs: number;
  /** Uploads that nobody went on with for so long are dropped. */
  readonly uploadAgeMs: number;
  /** Also manifests that no tag leads to. */
  readonly deleteUntagged: boolean;
  readonly dryRun: boolean;
}

/** What went, or with a dry run would go. */
export type Swept =
  | { readonly kind: "manifest"; readonly repository: RepositoryName; readonly digest: Digest }
  | { readonly kind: "link"; readonly repository: RepositoryName; readonly digest: Digest }
  | { readonly kind: "repository"; readonly repository: RepositoryName }
  | { readonly kind: "blob"; readonly digest: Digest; readonly size: number }
  | { readonly kind: "upload"; readonly key: UploadKey }
  | { readonly kind: "leftovers"; readonly count: number };

/**
 * Collects garbage, also beside pushes:
 *
 * 1. In each repository, links to blobs that none of its manifests names are taken away, while no
 *    manifest can be put there (the repository's lock).
 * 2. Blobs that no repository links any more are deleted, while they cannot be linked (the blob's lock).
 *
 * Whatever was uploaded, linked or asked for within the grace period stays: a client that was told
 * "that blob is here" builds on it for a while. What went is yielded as it goes.
 */
export async function* sweep(
  repositories: Repositories,
  uploads: UploadSessions,
  options: SweepOptions,
): AsyncGenerator<Swept> {
  const before = Date.now() - options.graceMs;
  const linked = new Set<Digest>();
  for (const name of await repositories.names()) {
    yield* sweepRepository(repositories, repositories.open(name), before, options, linked);
  }
  yield* sweepBlobs(repositories, before, options, linked);
  yield* sweepUploads(repositories, uploads, options);
  const count = await repositories.storage.blobs.removeLeftovers(new Date(before), options.dryRun);
  if (count > 0) yield { kind: "leftovers", count };
  repositories.trimWanted(before);
}

async function* sweepRepository(
  repositories: Repositories,
  repository: Repository,
  before: number,
  options: SweepOptions,
  linked: Set<Digest>,
): AsyncGenerator<Swept> {
  // Most of the reading is done before the lock is taken.
  const known = await readManifests(repository, new Map());
  const swept = await repository.locked(async () => {
    const manifests = await readManifests(repository, known);
    const went = options.deleteUntagged ? await sweepManifests(repository, manifests, before, options) : [];
    went.push(...(await sweepLinks(repository, manifests, before, options, linked)));
    if (await repository.isEmpty()) {
      if (!options.dryRun) await forgetEmpty(repositories, repository);
      went.push({ kind: "repository", repository: repository.name });
    }
    return went;
  });
  yield* swept;
}

/** The manifests that are there now; those known already are not read again. */
async function readManifests(
  repository: Repository,
  known: ReadonlyMap<Digest, ManifestLinks>,
): Promise<Map<Digest, ManifestLinks>> {
  const all = new Map<Digest, ManifestLinks>();
  for await (const digest of repository.manifests()) {
    const links = known.get(digest) ?? (await linksOf(repository, digest));
    if (links) all.set(digest, links);
  }
  return all;
}

async function linksOf(repository: Repository, digest: Digest): Promise<ManifestLinks | undefined> {
  const stored = await repository.manifest(digest);
  return stored && parseManifestContent(stored.bytes, stored.mediaType);
}

async function sweepManifests(
  repository: Repository,
  manifests: Map<Digest, ManifestLinks>,
  before: number,
  { dryRun }: SweepOptions,
): Promise<Swept[]> {
  const tagged: Digest[] = [];
  for await (const tag of repository.tags()) {
    const digest = await repository.tag(tag);
    if (digest) tagged.push(digest);
  }
  const young: Digest[] = [];
  for (const digest of manifests.keys()) {
    const at = await repository.manifestAt(digest);
    if (at && at.getTime() >= before) young.push(digest);
  }
  const live = liveManifests(manifests, [...tagged, ...young]);
  const went: Swept[] = [];
  for (const digest of [...manifests.keys()]) {
    if (live.has(digest)) continue;
    if (!dryRun) await removeManifest(repository, digest);
    manifests.delete(digest);
    went.push({ kind: "manifest", repository: repository.name, digest });
  }
  return went;
}

async function sweepLinks(
  repository: Repository,
  manifests: ReadonlyMap<Digest, ManifestLinks>,
  before: number,
  { dryRun }: SweepOptions,
  linked: Set<Digest>,
): Promise<Swept[]> {
  const used = new Set([...manifests.values()].flatMap(({ blobs }) => blobs));
  const went: Swept[] = [];
  for await (const digest of repository.links()) {
    const at = await repository.linkedAt(digest);
    const isYoung = at === undefined || at.getTime() >= before || repository.lastWanted(digest) >= before;
    if (used.has(digest) || isYoung) {
      linked.add(digest);
      continue;
    }
    if (!dryRun) await repository.unlink(digest);
    went.push({ kind: "link", repository: repository.name, digest });
  }
  return went;
}

async function* sweepBlobs(
  repositories: Repositories,
  before: number,
  { dryRun }: SweepOptions,
  linked: ReadonlySet<Digest>,
): AsyncGenerator<Swept> {
  const { blobs } = repositories.storage;
  for await (const { digest, modified } of blobs.list()) {
    if (linked.has(digest) || modified.getTime() >= before) continue;
    const size = await repositories.withBlob(digest, async () => {
      // A repository may have linked it since the links were read.
      if (repositories.lastWanted(anyWish(digest)) >= before) return undefined;
      const found = await blobs.size(digest);
      if (!dryRun) await blobs.delete(digest);
      return found;
    });
    if (size !== undefined) yield { kind: "blob", digest, size };
  }
}

/** Uploads alone: this much every registry does by itself. */
export async function* sweepUploads(
  { storage }: Repositories,
  uploads: UploadSessions,
  { uploadAgeMs, dryRun }: Pick<SweepOptions, "uploadAgeMs" | "dryRun">,
): AsyncGenerator<Swept> {
  const before = Date.now() - uploadAgeMs;
  for await (const { key, modified } of storage.blobs.uploads()) {
    if (modified.getTime() >= before || uploads.isOpen(key)) continue;
    if (!dryRun) await uploads.delete(key);
    yield { kind: "upload", key };
  }
}

/** Another process may have begun to fill it: then it stays. */
async function forgetEmpty(repositories: Repositories, repository: Repository): Promise<void> {
  await repositories.forget(repository.name);
  if (!(await repository.isEmpty())) await repositories.note(repository.name);
}
