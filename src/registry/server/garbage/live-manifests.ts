import type { Digest } from "../../../oci/digest.ts";

/** What one manifest holds on to. */
export interface ManifestLinks {
  readonly blobs: readonly Digest[];
  readonly manifests: readonly Digest[];
  readonly subject: Digest | undefined;
}

/**
 * Manifests that a tag leads to: itself, those an index that lives names, and those that say
 * something about one that lives (signatures, lists of parts).
 */
export function liveManifests(
  all: ReadonlyMap<Digest, ManifestLinks>,
  tagged: Iterable<Digest>,
): Set<Digest> {
  const about = new Map<Digest, Digest[]>();
  for (const [digest, { subject }] of all) {
    if (subject) about.set(subject, [...(about.get(subject) ?? []), digest]);
  }
  const live = new Set<Digest>();
  const waiting = [...tagged];
  for (let digest = waiting.pop(); digest; digest = waiting.pop()) {
    const links = all.get(digest);
    if (!links || live.has(digest)) continue;
    live.add(digest);
    waiting.push(...links.manifests, ...(about.get(digest) ?? []));
  }
  return live;
}
