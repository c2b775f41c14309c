import { fits } from "../../images/find-image.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import type { Digest } from "../../oci/digest.ts";
import { parseManifest } from "../../oci/manifest.ts";
import type { Platform } from "../../oci/platform.ts";
import type { RemoteRepository } from "../../registry/client/remote-repository.ts";
import type { BlobOpener, CacheManifest, CacheStore } from "./cache-store.ts";

/** A tag of a repository: a cache of its own, or an image that carries one. */
export class RegistryCacheStore implements CacheStore {
  readonly #repository: RemoteRepository;
  readonly #reference: string;
  readonly #platform: Platform;

  constructor(repository: RemoteRepository, reference: string, platform: Platform) {
    this.#repository = repository;
    this.#reference = reference;
    this.#platform = platform;
  }

  async manifest(signal: AbortSignal): Promise<CacheManifest> {
    const { raw, descriptor } = await this.#repository.manifest(this.#reference, signal);
    const parsed = parseManifest(raw, descriptor.mediaType);
    if (parsed.kind === "manifest") return { raw, mediaType: descriptor.mediaType };
    // An image for several platforms: the one for this machine.
    const mine = parsed.index.manifests.find(({ platform }) => platform && fits(platform, this.#platform));
    const chosen = await this.#repository.manifest((mine ?? parsed.index.manifests[0])?.digest ?? "", signal);
    return { raw: chosen.raw, mediaType: chosen.descriptor.mediaType };
  }

  async *blob(digest: Digest, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    yield* (await this.#repository.blob(digest, 0, signal)).bytes;
  }

  async putBlob(blob: Descriptor, open: BlobOpener, signal: AbortSignal): Promise<void> {
    if (await this.#repository.hasBlob(blob.digest, signal)) return;
    await this.#repository.uploadBlob(blob, { open }, signal);
  }

  async putManifest(manifest: CacheManifest, signal: AbortSignal): Promise<void> {
    await this.#repository.putManifest(this.#reference, manifest, signal);
  }
}
