import type { ComposedLayer, ImageComposer } from "../../images/compose/image-composer.ts";
import type { StoredImage } from "../../images/stored-image.ts";
import type { Digest } from "../../oci/digest.ts";
import type { Snapshotter } from "../../snapshots/snapshotter.ts";
import { namesOf } from "../../snapshots/whole-snapshots.ts";
import type { SolvedBuild } from "../export/solved-build.ts";
import type { Operation } from "../plan/operation.ts";
import type { CacheDocument, CacheDocumentRecord } from "./cache-document.ts";

export interface CollectedCache {
  readonly document: CacheDocument;
  /** In the order of the document. */
  readonly layers: readonly ComposedLayer[];
}

/** The results of a build's steps with the layers they consist of, those of base images included. */
export async function collectCache(
  solved: SolvedBuild,
  mode: "min" | "max",
  composer: ImageComposer,
  snapshots: Snapshotter,
  signal: AbortSignal,
): Promise<CollectedCache> {
  const stacks = new LayerStacks(imagesOf(solved), composer, snapshots, signal);
  const layers: ComposedLayer[] = [];
  const places = new Map<Digest, number>();
  const records: CacheDocumentRecord[] = [];
  for (const { key, tree, description, inResult } of solved.steps) {
    if (tree.kind !== "snapshot" || (mode === "min" && !inResult)) continue;
    // A base image is found by its name again.
    if (await stacks.isBase(tree.name)) continue;
    const stack = await stacks.of(tree.name);
    for (const layer of stack) {
      if (places.has(layer.diffId)) continue;
      places.set(layer.diffId, layers.length);
      layers.push(layer);
    }
    records.push({ key, description, layers: stack.map(({ diffId }) => places.get(diffId) ?? 0) });
  }
  return { document: { version: 1, records, layers: layers.map(({ diffId }) => diffId) }, layers };
}

/** Every image that something of the build stands on or is copied from. */
function imagesOf({ images }: SolvedBuild): Map<string, StoredImage> {
  const found = new Map<string, StoredImage>();
  const seen = new Set<Operation>();
  const visit = (operation: Operation) => {
    if (seen.has(operation)) return;
    seen.add(operation);
    if (operation.kind === "image" && operation.image.chainId !== undefined)
      found.set(operation.image.chainId, operation.image);
    for (const input of inputsOf(operation)) visit(input);
  };
  for (const { plan } of images) visit(plan.top);
  return found;
}

function inputsOf(operation: Operation): Operation[] {
  switch (operation.kind) {
    case "copy":
      return [operation.base, ...operation.items.flatMap((item) => ("from" in item ? [item.from] : []))];
    case "run":
      return [operation.base, ...operation.mounts.flatMap(({ from }) => from ?? [])];
    case "workdir":
      return [operation.base];
    default:
      return [];
  }
}

/** The layers below a snapshot: those of the base image as it has them, the others packed. */
class LayerStacks {
  readonly #images: ReadonlyMap<string, StoredImage>;
  readonly #composer: ImageComposer;
  readonly #snapshots: Snapshotter;
  readonly #signal: AbortSignal;
  readonly #known = new Map<string, Promise<readonly ComposedLayer[]>>();

  constructor(
    images: ReadonlyMap<string, StoredImage>,
    composer: ImageComposer,
    snapshots: Snapshotter,
    signal: AbortSignal,
  ) {
    this.#images = images;
    this.#composer = composer;
    this.#snapshots = snapshots;
    this.#signal = signal;
  }

  async isBase(name: string): Promise<boolean> {
    return (await this.#imageOf(name)) !== undefined;
  }

  of(name: string): Promise<readonly ComposedLayer[]> {
    let stack = this.#known.get(name);
    if (!stack) {
      stack = this.#collect(name);
      this.#known.set(name, stack);
    }
    return stack;
  }

  async #collect(name: string): Promise<readonly ComposedLayer[]> {
    const image = await this.#imageOf(name);
    if (image) return this.#composer.layersOf(image);
    const parent = (await this.#snapshots.stat(name))?.parent;
    const below = parent === undefined ? [] : await this.of(parent);
    const { diffId, descriptor } = await this.#composer.pack(name, this.#signal);
    return [...below, { diffId, descriptor, snapshot: name }];
  }

  async #imageOf(name: string): Promise<StoredImage | undefined> {
    const info = await this.#snapshots.stat(name);
    const names = info ? namesOf(info) : [];
    for (const each of names) {
      const image = this.#images.get(each);
      if (image) return image;
    }
    return undefined;
  }
}
