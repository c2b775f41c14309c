import { invalidArgument } from "../../errors/engine-error.ts";
import type { ComposedLayer, ComposingImageStore } from "../../images/compose/image-composer.ts";
import { emptyDiffId } from "../../images/compose/layer-packs.ts";
import { readChecked } from "../../images/compose/read-checked.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import { type Digest, hexOf } from "../../oci/digest.ts";
import { mediaTypes, parseManifest, parseObject } from "../../oci/manifest.ts";
import { parseImageConfig } from "../../oci/parse-config.ts";
import type { CachedResult, CacheSource } from "../solver/build-cache.ts";
import type { StepScope } from "../solver/op.ts";
import type { TreeStore } from "../trees/tree-store.ts";
import {
  type CacheDocument,
  cacheConfigType,
  emptyLayer,
  inlineKey,
  parseCacheDocument,
} from "./cache-document.ts";
import type { CacheStore } from "./cache-store.ts";

interface ImportParts {
  readonly images: ComposingImageStore;
  readonly trees: TreeStore;
}

/** A cache made elsewhere. Its layers are fetched when a step is found in it, not before. */
export class ImportedCache implements CacheSource {
  readonly #store: CacheStore;
  readonly #parts: ImportParts;
  readonly #layers: readonly Descriptor[];
  readonly #document: CacheDocument;
  readonly #records: ReadonlyMap<string, CacheDocument["records"][number]>;

  private constructor(
    store: CacheStore,
    parts: ImportParts,
    layers: readonly Descriptor[],
    document: CacheDocument,
  ) {
    this.#store = store;
    this.#parts = parts;
    this.#layers = layers;
    this.#document = document;
    this.#records = new Map(document.records.map((record) => [record.key, record]));
  }

  /** Undefined for an image that carries no cache. */
  static async open(
    store: CacheStore,
    parts: ImportParts,
    signal: AbortSignal,
  ): Promise<ImportedCache | undefined> {
    const { raw, mediaType } = await store.manifest(signal);
    const parsed = parseManifest(raw, mediaType);
    if (parsed.kind !== "manifest") throw invalidArgument("invalid build cache: no manifest");
    const { config, layers } = parsed.manifest;
    const bytes = await readChecked(store.blob(config.digest, signal), config);
    const document = documentIn(bytes, config.mediaType);
    if (!document) return undefined;
    if (document.layers.length !== layers.length)
      throw invalidArgument("invalid build cache: its layers are not those of the manifest");
    return new ImportedCache(store, parts, layers, document);
  }

  async find(key: string, scope: StepScope): Promise<CachedResult | undefined> {
    const record = this.#records.get(key);
    if (!record || record.layers.length === 0) return undefined;
    await using composer = this.#parts.images.composer();
    let below: Digest | undefined;
    for (const index of record.layers) {
      const layer = this.#layer(index);
      if (!layer) return undefined;
      below = await composer.bring(layer, below, () => this.#fetch(layer, scope), scope.signal);
    }
    if (below === undefined) return undefined;
    const tree = await this.#parts.trees.alias({ kind: "snapshot", name: below });
    return { key, tree, description: record.description };
  }

  #layer(index: number): ComposedLayer | undefined {
    if (index === emptyLayer) {
      const descriptor = { mediaType: mediaTypes.ociLayer, digest: emptyDiffId, size: emptyTar.length };
      return { descriptor, diffId: emptyDiffId };
    }
    const [descriptor, diffId] = [this.#layers[index], this.#document.layers[index]];
    return descriptor && diffId !== undefined ? { descriptor, diffId } : undefined;
  }

  async *#fetch({ descriptor, diffId }: ComposedLayer, scope: StepScope): AsyncGenerator<Uint8Array> {
    if (descriptor.digest === emptyDiffId) return yield emptyTar;
    scope.onProgress({ id: hexOf(diffId).slice(0, 12), status: "fetching layer", total: descriptor.size });
    yield* this.#store.blob(descriptor.digest, scope.signal);
  }
}

/** A tar with nothing in it. */
const emptyTar = new Uint8Array(1024);

function documentIn(config: Uint8Array, mediaType: string): CacheDocument | undefined {
  const object = parseObject(config, "build cache");
  if (mediaType === cacheConfigType) return parseCacheDocument(object);
  const inline = object[inlineKey];
  if (inline === undefined) return undefined;
  // An image names its layers itself.
  const layers = parseImageConfig(config).rootfs.diff_ids;
  return parseCacheDocument({ ...(typeof inline === "object" ? inline : {}), layers });
}
