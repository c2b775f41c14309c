import type { Digest } from "../oci/digest.ts";
import { formatReference, parseReference, type Reference, repositoryOf } from "../oci/reference.ts";
import type { ImageTable } from "../records/records.ts";

/** Names of images: writing them, and the questions deletion asks about them. */
export class ImageTags {
  readonly #table: ImageTable;
  readonly #blobsOf: (image: Digest) => readonly Digest[];

  constructor(table: ImageTable, blobsOf: (image: Digest) => readonly Digest[] = () => []) {
    this.#table = table;
    this.#blobsOf = blobsOf;
  }

  /** Points a name at an image; gives back the image it pointed at before, if another. */
  async set(image: Digest, reference: Reference): Promise<Digest | undefined> {
    const name = formatReference(reference);
    const before = this.#table.reference(name)?.image;
    this.#table.setReference({ name, image });
    // A name with a digest says that a registry has the image: its blobs can be mounted from there.
    if (reference.digest !== undefined) this.#table.addSources(repositoryOf(reference), this.#blobsOf(image));
    const record = this.#table.get(image);
    if (record && reference.tag !== undefined && before !== image)
      this.#table.put({ ...record, lastTagged: nowWithNanoseconds() });
    return before === image ? undefined : before;
  }

  remove(reference: Reference): void {
    this.#table.removeReference(formatReference(reference));
  }

  lookUp(reference: Reference): Digest | undefined {
    return this.#table.reference(formatReference(storedName(reference)))?.image;
  }

  /** All names of an image, tags before digests, sorted. */
  of(image: Digest): Reference[] {
    return this.#table
      .references()
      .filter((record) => record.image === image)
      .map(({ name }) => parseReference(name))
      .sort((a, b) => order(a).localeCompare(order(b)));
  }

  /** Every tag of a repository, with its image. */
  ofRepository(repository: string): { reference: Reference; image: Digest }[] {
    return this.#table
      .references()
      .map(({ name, image }) => ({ reference: parseReference(name), image }))
      .filter(({ reference }) => repositoryOf(reference) === repository && reference.digest === undefined);
  }
}

/** Of tag and digest the digest counts: what it names never changes, and the tag may have moved on. */
export function storedName({ tag, ...reference }: Reference): Reference {
  return reference.digest === undefined && tag !== undefined ? { ...reference, tag } : reference;
}

function order(reference: Reference): string {
  return `${reference.digest === undefined ? 0 : 1}${formatReference(reference)}`;
}

/** RFC 3339 as Docker writes it; the clock here has milliseconds, the rest are zeros. */
export function nowWithNanoseconds(): string {
  return new Date().toISOString().replace("Z", "000000Z");
}
