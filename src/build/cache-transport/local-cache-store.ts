import { constants, createWriteStream, existsSync, mkdirSync } from "node:fs";
import { open, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { invalidArgument, notFound } from "../../errors/engine-error.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import { type Digest, isDigest } from "../../oci/digest.ts";
import { mediaTypes, parseManifest } from "../../oci/manifest.ts";
import type { BlobOpener, CacheManifest, CacheStore } from "./cache-store.ts";

/** Manifests and indexes of an honest layout are smaller. */
const largestDocument = 4 << 20;
const readOnly = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * An OCI layout in a directory of the build's session. What is read there a client has sent: links
 * in it are not followed, and digests are checked by who stores the bytes.
 */
export class LocalCacheStore implements CacheStore {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async manifest(): Promise<CacheManifest> {
    const index = parseManifest(await this.#document("index.json"), mediaTypes.ociIndex);
    const root = index.kind === "index" ? index.index.manifests.at(-1) : undefined;
    if (!root) throw invalidArgument("invalid build cache: index.json names no manifest");
    return { raw: await this.#document(this.#pathOf(root.digest)), mediaType: root.mediaType };
  }

  async *blob(digest: Digest): AsyncGenerator<Uint8Array> {
    await using file = await this.#open(this.#pathOf(digest));
    yield* file.readableWebStream({ autoClose: false }) as ReadableStream<Uint8Array>;
  }

  async putBlob({ digest }: Descriptor, openBlob: BlobOpener): Promise<void> {
    const path = join(this.#directory, this.#pathOf(digest));
    mkdirSync(join(this.#directory, "blobs/sha256"), { recursive: true });
    if (existsSync(path)) return;
    await pipeline(openBlob(0), createWriteStream(`${path}.part`));
    await rename(`${path}.part`, path);
  }

  async putManifest({ raw, mediaType, digest }: CacheManifest & { digest: Digest }): Promise<void> {
    mkdirSync(join(this.#directory, "blobs/sha256"), { recursive: true });
    await writeFile(join(this.#directory, this.#pathOf(digest)), raw);
    await writeFile(join(this.#directory, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
    const entry = {
      mediaType,
      digest,
      size: raw.length,
      annotations: { "org.opencontainers.image.ref.name": "latest" },
    };
    const index = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [entry] };
    await writeFile(join(this.#directory, "index.json"), JSON.stringify(index));
  }

  #pathOf(digest: Digest): string {
    if (!isDigest(digest)) throw invalidArgument(`invalid digest "${digest}"`);
    return join("blobs", digest.replace(":", "/"));
  }

  async #document(path: string): Promise<Uint8Array> {
    await using file = await this.#open(path);
    const { size } = await file.stat();
    if (size > largestDocument) throw invalidArgument(`invalid build cache: "${path}" is too large`);
    return await file.readFile();
  }

  async #open(path: string) {
    try {
      const file = await open(join(this.#directory, path), readOnly);
      if ((await file.stat()).isFile()) return file;
      await file.close();
    } catch (error) {
      throw notFound(`no build cache here: "${path}" is missing`, error);
    }
    throw invalidArgument(`invalid build cache: "${path}" is no file`);
  }
}
