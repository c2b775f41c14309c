import type { ComposedLayer, ImageComposer } from "../../images/compose/image-composer.ts";
import { emptyDiffId } from "../../images/compose/layer-packs.ts";
import type { Digest } from "../../oci/digest.ts";
import type { Snapshotter } from "../../snapshots/snapshotter.ts";
import { type CacheDocumentRecord, emptyLayer } from "../cache-transport/cache-document.ts";
import { collectCache } from "../cache-transport/collect-cache.ts";
import type { SolvedBuild, SolvedImage } from "./solved-build.ts";

/** `--cache-to type=inline`: the keys of an image's own steps, for its configuration. */
export async function inlineCache(
  { steps }: SolvedBuild,
  image: SolvedImage,
  layers: readonly ComposedLayer[],
  composer: ImageComposer,
  snapshots: Snapshotter,
  signal: AbortSignal,
): Promise<{ readonly version: 1; readonly records: readonly CacheDocumentRecord[] }> {
  const { document } = await collectCache({ steps, images: [image] }, "min", composer, snapshots, signal);
  const records = document.records.flatMap(({ key, description, layers: own }): CacheDocumentRecord[] => {
    const places = placesIn(
      layers,
      own.map((index) => document.layers[index]),
    );
    return places ? [{ key, description, layers: places }] : [];
  });
  return { version: 1, records };
}

/** Where the layers of a step are among the image's, from the lowest on; undefined when they are others. */
function placesIn(
  layers: readonly ComposedLayer[],
  own: readonly (Digest | undefined)[],
): number[] | undefined {
  let next = 0;
  const places: number[] = [];
  for (const diffId of own) {
    if (diffId === emptyDiffId) places.push(emptyLayer);
    else if (layers[next]?.diffId === diffId) places.push(next++);
    else return undefined;
  }
  return places;
}
