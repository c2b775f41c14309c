import { invalidArgument } from "../../errors/engine-error.ts";
import { parseNanos } from "../../protocol/time-values.ts";
import type { Filters } from "../flags/filter-flag.ts";

/** What an engine has, as far as pruning is concerned. */
export interface PruneWorld {
  readonly containers: readonly PrunableContainer[];
  readonly networks: readonly (Named & { readonly predefined: boolean })[];
  readonly volumes: readonly (Named & { readonly anonymous: boolean; readonly size: number })[];
  readonly images: readonly PrunableImage[];
  readonly cache: readonly PrunableCache[];
}

interface Labelled {
  readonly labels: Readonly<Record<string, string>>;
  /** RFC 3339; empty where it is not known, which no `until` covers. */
  readonly created: string;
}

interface Named extends Labelled {
  readonly name: string;
  readonly id: string;
}

export interface PrunableContainer extends Named {
  readonly state: string;
  readonly image: string;
  readonly size: number;
  /** Ids and names of networks it is on now or will be. */
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
}

export interface PrunableImage extends Labelled {
  readonly id: string;
  readonly tags: readonly string[];
  readonly digests: readonly string[];
  readonly parent: string;
  /** Bytes no other image has. */
  readonly unique: number;
  /** From the first on: what identifies a layer with all below it, and its bytes. */
  readonly layers: readonly { readonly chain: string; readonly size: number }[];
}

export interface PrunableCache {
  readonly id: string;
  readonly description: string;
  readonly type: string;
  readonly size: number;
  readonly inUse: boolean;
  readonly shared: boolean;
  readonly parents: readonly string[];
  readonly lastUsed: string;
}

export type PruneKind = "containers" | "networks" | "volumes" | "images" | "cache";

export interface PruneWish {
  /** One kind alone, as `image prune` does; absent: `system prune`. */
  readonly only?: PruneKind;
  /** Images with names, too; of volumes alone, those with names. */
  readonly all: boolean;
  readonly volumes: boolean;
  readonly filters: Filters;
}

export interface PlannedItem {
  readonly name: string;
  readonly id: string;
  readonly size: number | undefined;
}

export interface PrunePlan {
  readonly containers: readonly PlannedItem[];
  readonly networks: readonly PlannedItem[];
  readonly volumes: readonly PlannedItem[];
  readonly images: readonly PlannedItem[];
  readonly cache: readonly PlannedItem[];
  /** Bytes of the images together, part of `total`. */
  readonly imageBytes: number;
  /** Bytes of all of it; layers that several of the images share count once. */
  readonly total: number;
}

/** What `system prune` would remove, in its order: what is gone no longer holds what comes after it. */
export function planPrune(world: PruneWorld, wish: PruneWish, now: number): PrunePlan {
  const matches = matcher(wish.filters, now);
  const goes = (kind: PruneKind) => (wish.only ?? kind) === kind;
  const containers = world.containers.filter((one) => goes("containers") && isOver(one) && matches(one));
  const left = world.containers.filter((one) => !containers.includes(one));
  // A stopped container does not keep its networks: engines look at running ones only.
  const busy = new Set(left.filter((one) => !isOver(one)).flatMap(({ networks }) => networks));
  const networks = world.networks.filter(
    (one) => goes("networks") && !one.predefined && !busy.has(one.id) && !busy.has(one.name) && matches(one),
  );
  const used = new Set(left.flatMap(({ volumes }) => volumes));
  const named = wish.only === "volumes" && wish.all;
  const volumes =
    wish.volumes && goes("volumes")
      ? world.volumes.filter((one) => (one.anonymous || named) && !used.has(one.name) && matches(one))
      : [];
  const images = goes("images") ? plannedImages(world.images, left, wish.all, matches) : [];
  const cache = goes("cache") ? plannedCache(world.cache, wish.all, wish.filters, now) : [];
  const imageBytes = freedByImages(images, world.images);
  const freed = sum(containers) + sum(volumes) + sum(cache.filter(({ shared }) => !shared));
  return {
    containers: containers.map(({ name, id, size }) => ({ name, id, size })),
    networks: networks.map(({ name, id }) => ({ name, id, size: undefined })),
    volumes: volumes.map(({ name, id, size }) => ({ name, id, size })),
    images: images.map(({ id, tags, unique }) => ({ name: tags.join(", ") || "<none>", id, size: unique })),
    cache: cache.map(({ id, description, size }) => ({ name: description, id, size })),
    imageBytes,
    total: freed + imageBytes,
  };
}

const sum = (items: readonly { readonly size: number }[]) =>
  items.reduce((total, { size }) => total + Math.max(0, size), 0);

function isOver({ state }: PrunableContainer): boolean {
  return state === "created" || state === "exited" || state === "dead";
}

/** The engine's own rules for `label`, `label!` and `until`. */
function matcher(filters: Filters, now: number): (item: Labelled) => boolean {
  const unknown = Object.keys(filters).find((name) => !["label", "label!", "until"].includes(name));
  if (unknown !== undefined) throw invalidArgument(`invalid filter '${unknown}'`);
  const until = untilOf(filters, now);
  const has = (text: string, labels: Readonly<Record<string, string>>) => {
    const at = text.indexOf("=");
    return at < 0 ? text in labels : labels[text.slice(0, at)] === text.slice(at + 1);
  };
  return ({ labels, created }) =>
    (filters.label ?? []).every((text) => has(text, labels)) &&
    !(filters["label!"] ?? []).some((text) => has(text, labels)) &&
    (until === undefined || (created !== "" && parseNanos(created) <= until));
}

function untilOf(filters: Filters, now: number): bigint | undefined {
  const [text] = filters.until ?? [];
  return text === undefined ? undefined : parseNanos(text, now / 1000);
}

/** An image goes with parents that nothing else needs; one that others were made from stays. */
function plannedImages(
  all: readonly PrunableImage[],
  left: readonly PrunableContainer[],
  every: boolean,
  matches: (image: Labelled) => boolean,
): PrunableImage[] {
  const used = new Set(left.map(({ image }) => image));
  const gone = new Set<PrunableImage>();
  const children = (parent: string) => all.filter((image) => image.parent === parent && !gone.has(image));
  const isNamed = ({ tags, digests }: PrunableImage) => tags.length + digests.length > 0;
  const remove = (image: PrunableImage) => {
    gone.add(image);
    const parent = all.find(({ id }) => id === image.parent);
    if (
      parent &&
      !gone.has(parent) &&
      !isNamed(parent) &&
      !used.has(parent.id) &&
      children(parent.id).length === 0
    ) {
      remove(parent);
    }
  };
  for (const image of all) {
    if (gone.has(image) || used.has(image.id) || (!every && isNamed(image)) || !matches(image)) continue;
    // A name is taken off even where the image below it must stay.
    if (children(image.id).length === 0) remove(image);
  }
  return [...gone];
}

/** What is theirs alone, and layers that only they share. */
function freedByImages(gone: readonly PrunableImage[], all: readonly PrunableImage[]): number {
  const kept = new Set(
    all.filter((image) => !gone.includes(image)).flatMap(({ layers }) => layers.map(({ chain }) => chain)),
  );
  const seen = new Map<string, { size: number; images: number }>();
  for (const { layers } of gone) {
    for (const { chain, size } of layers) {
      seen.set(chain, { size, images: (seen.get(chain)?.images ?? 0) + 1 });
    }
  }
  const shared = [...seen].filter(([chain, { images }]) => images > 1 && !kept.has(chain));
  return (
    gone.reduce((total, { unique }) => total + unique, 0) +
    shared.reduce((total, [, { size }]) => total + size, 0)
  );
}

/** Nothing that another record, which stays, stands on. */
function plannedCache(
  all: readonly PrunableCache[],
  every: boolean,
  filters: Filters,
  now: number,
): PrunableCache[] {
  const until = untilOf(filters, now);
  const mayGo = ({ inUse, shared, type, lastUsed }: PrunableCache) =>
    !inUse &&
    (every || (!shared && type !== "internal")) &&
    (until === undefined || (lastUsed !== "" && parseNanos(lastUsed) <= until));
  const gone = new Set<PrunableCache>();
  for (let found = true; found; ) {
    const stoodOn = new Set(all.filter((one) => !gone.has(one)).flatMap(({ parents }) => parents));
    const next = all.filter((one) => !gone.has(one) && mayGo(one) && !stoodOn.has(one.id));
    for (const one of next) gone.add(one);
    found = next.length > 0;
  }
  return [...gone];
}
