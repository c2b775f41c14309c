import type { KeyedLock } from "../../lib/keyed-lock.ts";
import { type Digest, isDigest } from "../../oci/digest.ts";
import { isTag, type RepositoryName, type Tag } from "./names.ts";
import type { RegistryStorage } from "./storage/registry-storage.ts";

export interface StoredManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** A link younger than this is young enough for whoever builds on it. */
const keepAfterMs = 10 * 60_000;

/** An entry of the answer of the referrers API. */
export interface Referrer {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What all repositories share. */
export interface RepositoryGround {
  readonly storage: RegistryStorage;
  readonly locks: KeyedLock;
  has(name: RepositoryName): Promise<boolean>;
  note(name: RepositoryName): Promise<void>;
  withBlob<T>(digest: Digest, work: () => Promise<T>): Promise<T>;
  want(key: string): void;
  unwant(key: string): void;
  lastWanted(key: string): number;
}

/** What one repository holds and may show. */
export class Repository {
  readonly name: RepositoryName;
  readonly #all: RepositoryGround;

  constructor(name: RepositoryName, all: RepositoryGround) {
    this.name = name;
    this.#all = all;
  }

  get exists(): Promise<boolean> {
    return this.#all.has(this.name);
  }

  /** Changes of manifests and sweeping their blobs exclude each other. */
  locked<T>(work: () => Promise<T>): Promise<T> {
    return this.#all.locks.run(`repository ${this.name}`, work);
  }

  /** Size of a blob that this repository may show. Who asks may build on the answer: it is kept for a while. */
  async blobSize(digest: Digest): Promise<number | undefined> {
    // Before the look: between look and wish it could be swept.
    this.#all.want(this.#wish(digest));
    const isLinked = (await this.linkedAt(digest)) !== undefined;
    const size = isLinked ? await this.#all.storage.blobs.size(digest) : undefined;
    // Nothing of what strangers ask for in vain is remembered.
    if (size === undefined) this.#all.unwant(this.#wish(digest));
    return size;
  }

  /** Before somebody builds on a blob of old: the grace period begins anew, for other processes too. */
  async keep(digest: Digest): Promise<void> {
    const at = await this.linkedAt(digest);
    if (at && Date.now() - at.getTime() > keepAfterMs) {
      await this.#records.put(this.#key("_blobs", fileName(digest)), new Uint8Array());
    }
  }

  /** Holds no manifest, no tag and no blob. */
  async isEmpty(): Promise<boolean> {
    for (const all of [this.manifests(), this.tags(), this.links()]) {
      for await (const _ of all) return false;
    }
    return true;
  }

  async linkedAt(digest: Digest): Promise<Date | undefined> {
    return this.#records.modified(this.#key("_blobs", fileName(digest)));
  }

  /** Links a blob that is there, or that `commit` puts there; false when there is none. */
  link(digest: Digest, commit?: () => Promise<unknown>): Promise<boolean> {
    return this.#all.withBlob(digest, async () => {
      this.#all.want(this.#wish(digest));
      this.#all.want(anyWish(digest));
      await commit?.();
      if ((await this.#all.storage.blobs.size(digest)) === undefined) return false;
      await this.#records.put(this.#key("_blobs", fileName(digest)), new Uint8Array());
      await this.#all.note(this.name);
      return true;
    });
  }

  unlink(digest: Digest): Promise<boolean> {
    return this.#records.delete(this.#key("_blobs", fileName(digest)));
  }

  links(): AsyncIterable<Digest> {
    return this.#digests("_blobs");
  }

  /** When somebody last asked for this blob here, in milliseconds; 0 when nobody did. */
  lastWanted(digest: Digest): number {
    return this.#all.lastWanted(this.#wish(digest));
  }

  async putManifest({ digest, mediaType, bytes }: StoredManifest): Promise<void> {
    const head = Buffer.from(`${JSON.stringify({ mediaType })}\n`);
    await this.#records.put(this.#key("_manifests", fileName(digest)), Buffer.concat([head, bytes]));
    await this.#all.note(this.name);
  }

  async manifest(digest: Digest): Promise<StoredManifest | undefined> {
    const record = await this.#records.get(this.#key("_manifests", fileName(digest)));
    if (!record) return undefined;
    const end = record.indexOf(10);
    const { mediaType } = JSON.parse(Buffer.from(record.subarray(0, end)).toString());
    return { digest, mediaType, bytes: record.subarray(end + 1) };
  }

  async hasManifest(digest: Digest): Promise<boolean> {
    return (await this.manifestAt(digest)) !== undefined;
  }

  manifestAt(digest: Digest): Promise<Date | undefined> {
    return this.#records.modified(this.#key("_manifests", fileName(digest)));
  }

  deleteManifest(digest: Digest): Promise<boolean> {
    return this.#records.delete(this.#key("_manifests", fileName(digest)));
  }

  manifests(): AsyncIterable<Digest> {
    return this.#digests("_manifests");
  }

  async setTag(tag: Tag, digest: Digest): Promise<void> {
    await this.#records.put(this.#key("_tags", tag), Buffer.from(digest));
  }

  async tag(tag: Tag): Promise<Digest | undefined> {
    const record = await this.#records.get(this.#key("_tags", tag));
    const text = record && Buffer.from(record).toString();
    return text !== undefined && isDigest(text) ? text : undefined;
  }

  tagSetAt(tag: Tag): Promise<Date | undefined> {
    return this.#records.modified(this.#key("_tags", tag));
  }

  deleteTag(tag: Tag): Promise<boolean> {
    return this.#records.delete(this.#key("_tags", tag));
  }

  /** In the order of their bytes, those behind `after`. */
  async *tags(after = ""): AsyncIterable<Tag> {
    for await (const name of this.#records.list(this.#key("_tags"), after)) if (isTag(name)) yield name;
  }

  async addReferrer(subject: Digest, referrer: Referrer): Promise<void> {
    const key = this.#key("_referrers", fileName(subject), fileName(referrer.digest));
    await this.#records.put(key, Buffer.from(JSON.stringify(referrer)));
  }

  async removeReferrer(subject: Digest, digest: Digest): Promise<void> {
    await this.#records.delete(this.#key("_referrers", fileName(subject), fileName(digest)));
  }

  /** In the order of their digests, those behind `after`. */
  async *referrers(subject: Digest, after?: Digest): AsyncIterable<Referrer> {
    const folder = this.#key("_referrers", fileName(subject));
    for await (const name of this.#records.list(folder, after && fileName(after))) {
      const record = await this.#records.get(`${folder}/${name}`);
      if (record) yield JSON.parse(Buffer.from(record).toString());
    }
  }

  get #records() {
    return this.#all.storage.records;
  }

  #key(...parts: string[]): string {
    return ["repositories", this.name, ...parts].join("/");
  }

  #wish(digest: Digest): string {
    return `${this.name}@${digest}`;
  }

  async *#digests(folder: string): AsyncIterable<Digest> {
    for await (const name of this.#records.list(this.#key(folder))) {
      const digest = name.replace("-", ":");
      if (isDigest(digest)) yield digest;
    }
  }
}

/** A wish for a blob in whichever repository. */
export function anyWish(digest: Digest): string {
  return `@${digest}`;
}

/** `sha256-<hex>`: a colon is a separator to some tools. */
function fileName(digest: Digest): string {
  return digest.replace(":", "-");
}
