import type { Digest } from "../oci/digest.ts";
import { blobsWithSizes, type ImageCatalog } from "./image-catalog.ts";
import type { LayerUsage, SharedAndUnique } from "./stored-bytes.ts";

/** Each layer and each blob counts once in all, and for an image as shared if another has it too. */
export async function layerUsage(catalog: ImageCatalog): Promise<LayerUsage> {
  const layers = new Uses();
  const blobs = new Uses();
  for (const { id } of catalog.table.list()) {
    const details = catalog.details(id);
    if (!details) continue;
    for (const chainId of details.chain)
      if (!layers.has(chainId)) layers.set(chainId, await catalog.layerSize(chainId));
    for (const { digest, size } of blobsWithSizes(details)) blobs.set(digest, size);
    layers.use(id, details.chain);
    blobs.use(
      id,
      blobsWithSizes(details).map(({ digest }) => digest),
    );
  }
  const images = new Map(
    catalog.table.list().map(({ id }) => {
      const [unpacked, packed] = [layers.of(id), blobs.of(id)];
      const stored = { shared: unpacked.shared + packed.shared, unique: unpacked.unique + packed.unique };
      return [id, { unpacked, stored }] as const;
    }),
  );
  const onlyOf = (some: ReadonlySet<Digest>) => layers.onlyOf(some) + blobs.onlyOf(some);
  return { stored: layers.total + blobs.total, onlyOf, images };
}

/** Things of known size, each used by one image or by several. */
class Uses {
  readonly #sizes = new Map<Digest, number>();
  readonly #users = new Map<Digest, Set<Digest>>();

  has(thing: Digest): boolean {
    return this.#sizes.has(thing);
  }

  set(thing: Digest, size: number): void {
    this.#sizes.set(thing, size);
  }

  use(image: Digest, things: readonly Digest[]): void {
    for (const thing of things) this.#users.set(thing, (this.#users.get(thing) ?? new Set()).add(image));
  }

  get total(): number {
    return [...this.#sizes.values()].reduce((sum, size) => sum + size, 0);
  }

  onlyOf(images: ReadonlySet<Digest>): number {
    let sum = 0;
    for (const [thing, users] of this.#users) {
      if ([...users].every((user) => images.has(user))) sum += this.#sizes.get(thing) ?? 0;
    }
    return sum;
  }

  of(image: Digest): SharedAndUnique {
    let [shared, unique] = [0, 0];
    for (const [thing, users] of this.#users) {
      if (!users.has(image)) continue;
      const size = this.#sizes.get(thing) ?? 0;
      if (users.size > 1) shared += size;
      else unique += size;
    }
    return { shared, unique };
  }
}
