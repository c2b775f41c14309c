import { conflict } from "../errors/engine-error.ts";
import { type Digest, hexOf } from "../oci/digest.ts";
import {
  familiarReference,
  parseReference,
  type Reference,
  repositoryOf,
  withDefaultTag,
} from "../oci/reference.ts";
import type { RemovalStep } from "./image-store.ts";
import { type ImageTags, storedName } from "./image-tags.ts";

export type ImageUser = { readonly id: string; readonly name: string; readonly running: boolean };

/** What deletion needs to know and do; the order of deeds is decided here. */
export interface RemovalWorld {
  readonly tags: ImageTags;
  usedBy(id: Digest): readonly ImageUser[];
  childrenOf(id: Digest): readonly Digest[];
  parentOf(id: Digest): Digest | undefined;
  /** Deletes record, then layers and blobs nobody uses; gives back the chain ids that went, topmost first. */
  delete(id: Digest): Promise<Digest[]>;
}

const short = (id: string) => id.replace(/^sha256:/, "").slice(0, 12);

/**
 * `docker rmi`. By name, the name goes, and the image with it if that was its last one; by id,
 * the image goes if it has at most one name (or force). Conflicts are hard (children, running
 * containers) or soft (names, stopped containers), and force overrides only soft ones.
 */
export async function removeImage(
  id: Digest,
  asked: string,
  options: { force: boolean; prune: boolean },
  world: RemovalWorld,
): Promise<RemovalStep[]> {
  const steps: RemovalStep[] = [];
  let names = world.tags.of(id);
  const untag = (reference: Reference) => {
    world.tags.remove(reference);
    steps.push({ untagged: familiarReference(reference) });
  };
  if (!isIdPrefix(id, asked)) {
    const user = world.usedBy(id)[0];
    if (!options.force && user && isSingleName(names))
      throw conflict(
        `conflict: unable to remove repository reference ${JSON.stringify(asked)} (must force) - container ${short(user.id)} is using its referenced image ${short(id)}`,
      );
    const reference = storedName(withDefaultTag(parseReference(asked)));
    untag(reference);
    names = world.tags.of(id);
    if (reference.digest === undefined) names = dropLonelyDigests(names, reference, untag);
    if (names.length > 0) return steps;
    await deleteWithParents(id, options, true, steps, world);
    return steps;
  }
  if (isSingleName(names)) {
    const found = findConflict(id, { soft: !options.force, names: false }, world);
    if (found) throw conflict(found.message);
    for (const name of names) untag(name);
  }
  await deleteWithParents(id, options, false, steps, world);
  return steps;
}

/** Digest names of a repository mean nothing once its last tag of this image has gone. */
function dropLonelyDigests(
  names: readonly Reference[],
  removed: Reference,
  untag: (reference: Reference) => void,
): Reference[] {
  const sameRepository = (name: Reference) => repositoryOf(name) === repositoryOf(removed);
  if (names.some((name) => name.digest === undefined && sameRepository(name))) return [...names];
  const left: Reference[] = [];
  for (const name of names) {
    if (name.digest !== undefined && sameRepository(name)) untag(name);
    else left.push(name);
  }
  return left;
}

/** `quiet`: the deletion only follows from an untag, a conflict then just leaves the image. */
async function deleteWithParents(
  id: Digest,
  options: { force: boolean; prune: boolean },
  quiet: boolean,
  steps: RemovalStep[],
  world: RemovalWorld,
): Promise<void> {
  const found = findConflict(id, { soft: !options.force, names: !options.force }, world);
  if (found) {
    const isDangling = world.tags.of(id).length === 0 && world.childrenOf(id).length === 0;
    if (quiet && (!isDangling || found.used)) return;
    throw conflict(found.message);
  }
  const parent = world.parentOf(id);
  for (const reference of world.tags.of(id)) {
    world.tags.remove(reference);
    steps.push({ untagged: familiarReference(reference) });
  }
  const layers = await world.delete(id);
  steps.push({ deleted: id }, ...layers.map((deleted) => ({ deleted })));
  if (options.prune && parent !== undefined)
    await deleteWithParents(parent, { force: false, prune: true }, true, steps, world);
}

function findConflict(
  id: Digest,
  check: { soft: boolean; names: boolean },
  world: RemovalWorld,
): { message: string; used: boolean } | undefined {
  const message = (hard: boolean, why: string) =>
    `conflict: unable to delete ${short(id)} (${hard ? "cannot" : "must"} be forced) - ${why}`;
  if (world.childrenOf(id).length > 0)
    return { message: message(true, "image has dependent child images"), used: false };
  const users = world.usedBy(id);
  const running = users.find((user) => user.running);
  if (running)
    return {
      message: message(true, `image is being used by running container ${short(running.id)}`),
      used: true,
    };
  if (check.names && world.tags.of(id).length > 0)
    return { message: message(false, "image is referenced in multiple repositories"), used: false };
  const stopped = users.find((user) => !user.running);
  if (check.soft && stopped)
    return {
      message: message(false, `image is being used by stopped container ${short(stopped.id)}`),
      used: true,
    };
  return undefined;
}

function isIdPrefix(id: Digest, asked: string): boolean {
  return id.startsWith(asked) || hexOf(id).startsWith(asked);
}

/** At most one tag, and digest names only in the repository of that tag. */
function isSingleName(names: readonly Reference[]): boolean {
  if (names.length === 1) return true;
  const tags = names.filter(({ digest }) => digest === undefined);
  const digestRepositories = new Set(names.filter(({ digest }) => digest !== undefined).map(repositoryOf));
  const [tag] = tags;
  if (tags.length > 1) return false;
  if (!tag) return digestRepositories.size === 1;
  return digestRepositories.size === 1 && digestRepositories.has(repositoryOf(tag));
}
