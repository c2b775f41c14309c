import type { Digest } from "../../oci/digest.ts";

/** The images given and every image made from them, as the `ancestor` filter of containers means it. */
export function withDescendants(
  roots: readonly Digest[],
  images: readonly { readonly id: Digest; readonly parent?: Digest }[],
): ReadonlySet<Digest> {
  const found = new Set(roots);
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const image of images) {
      if (image.parent !== undefined && found.has(image.parent)) found.add(image.id);
    }
  }
  return found;
}
