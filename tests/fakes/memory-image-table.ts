import type { Digest } from "../../src/oci/digest.ts";
import type { ImageRecord, ReferenceRecord } from "../../src/records/image-record.ts";
import type { ImageTable } from "../../src/records/records.ts";

/** Image records in memory. Pass the same table to a second store to play an engine restart. */
export class MemoryImageTable implements ImageTable {
  readonly #images = new Map<Digest, ImageRecord>();
  readonly #references = new Map<string, ReferenceRecord>();

  list(): ImageRecord[] {
    return [...this.#images.values()];
  }

  get(id: Digest): ImageRecord | undefined {
    return this.#images.get(id);
  }

  put(record: ImageRecord): void {
    this.#images.set(record.id, record);
  }

  remove(id: Digest): void {
    this.#images.delete(id);
    for (const [name, { image }] of this.#references) if (image === id) this.#references.delete(name);
  }

  references(): ReferenceRecord[] {
    return [...this.#references.values()];
  }

  reference(name: string): ReferenceRecord | undefined {
    return this.#references.get(name);
  }

  setReference(record: ReferenceRecord): void {
    this.#references.set(record.name, record);
  }

  removeReference(name: string): void {
    this.#references.delete(name);
  }

  readonly #sources = new Map<Digest, Set<string>>();

  sources(blob: Digest): string[] {
    return [...(this.#sources.get(blob) ?? [])].sort();
  }

  addSources(repository: string, blobs: readonly Digest[]): void {
    for (const blob of blobs) this.#sources.set(blob, (this.#sources.get(blob) ?? new Set()).add(repository));
  }

  forgetSources(blob: Digest): void {
    this.#sources.delete(blob);
  }
}
