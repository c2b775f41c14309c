import { internal, notFound } from "../../errors/engine-error.ts";
import { type Digest, isDigest } from "../../oci/digest.ts";
import { formatPlatform, type Platform } from "../../oci/platform.ts";
import { isNameOnly, parseReference, type Reference, repositoryOf } from "../../oci/reference.ts";
import { findImage, fits } from "../find-image.ts";
import type { ImageCatalog } from "../image-catalog.ts";
import type { ImageTags } from "../image-tags.ts";
import type { SavedImage } from "./save-archive.ts";

/** What the arguments of `docker save` mean, each image once with all the names it was asked by. */
export function imagesToSave(
  asked: readonly string[],
  platform: Platform | undefined,
  catalog: ImageCatalog,
  tags: ImageTags,
): SavedImage[] {
  const wanted = new Map<Digest, Reference[]>();
  for (const argument of asked)
    for (const { id, names } of named(argument, catalog, tags))
      wanted.set(id, [...(wanted.get(id) ?? []), ...names]);
  return [...wanted].map(([id, references]) => {
    const details = catalog.details(id);
    if (!details) throw internal(`the content of image ${id} is damaged: load it again`);
    if (platform && !fits(details.config, platform))
      throw notFound(`no suitable export target found for platform ${formatPlatform(platform)}`);
    const parent = catalog.table.get(id)?.parent;
    return { details, references, ...(parent !== undefined && { parent }) };
  });
}

/** An id, a name, or a repository with all its tags. */
function named(
  asked: string,
  catalog: ImageCatalog,
  tags: ImageTags,
): { id: Digest; names: readonly Reference[] }[] {
  if (!isDigest(asked) && !/^[a-f0-9]{64}$/.test(asked)) {
    const reference = parseReference(asked);
    if (isNameOnly(reference)) {
      const all = tags.ofRepository(repositoryOf(reference));
      if (all.length > 0) return all.map(({ reference: name, image }) => ({ id: image, names: [name] }));
    }
    const id = tags.lookUp(reference);
    if (id) return [{ id, names: reference.digest === undefined ? [reference] : [] }];
    // `sha256:ab12` looks like a tag but is the beginning of an id.
    if (!isNameOnly(reference) && !asked.startsWith("sha256:")) throw notFound("reference does not exist");
    if (!/^(sha256:)?[a-f0-9]+$/.test(asked)) throw notFound(`No such image: ${asked}`);
  }
  return [{ id: findImage(asked, catalog.table, tags), names: [] }];
}
