import { invalidArgument } from "../../errors/engine-error.ts";
import { type Digest, isDigest } from "../../oci/digest.ts";

/** Types of the manifest that carries a cache; its layers are layers as images have them. */
export const cacheConfigType = "application/vnd.hull.buildcache.config.v1+json";

/** Key of an image's configuration under which it carries the cache of its own steps. */
export const inlineKey = "hull.build.cache.v1";

export const emptyLayer = -1;

/** Results of steps by key: which layers, lowest first, make up the files of each. */
export interface CacheDocument {
  readonly version: 1;
  readonly records: readonly CacheDocumentRecord[];
  /** The layers, in the order of the manifest. */
  readonly layers: readonly Digest[];
}

export interface CacheDocumentRecord {
  readonly key: string;
  readonly description: string;
  /** Indexes into `layers`; `emptyLayer` for a step that changed no file. */
  readonly layers: readonly number[];
}

export function formatCacheDocument(document: CacheDocument): Uint8Array {
  return Buffer.from(JSON.stringify(document));
}

/** It comes from outside: nothing in it is believed before it was looked at. */
export function parseCacheDocument(value: unknown): CacheDocument {
  if (!isObject(value) || value.version !== 1) throw invalidArgument("invalid build cache: unknown version");
  const { records, layers } = value;
  if (!Array.isArray(records) || !Array.isArray(layers) || !layers.every(isDigestText))
    throw invalidArgument("invalid build cache: no records or no layers");
  return { version: 1, layers, records: records.map((record) => parseRecord(record, layers.length)) };
}

function parseRecord(value: unknown, count: number): CacheDocumentRecord {
  if (!isObject(value)) throw invalidArgument("invalid build cache: a record is not an object");
  const { key, description, layers } = value;
  const isIndex = (index: unknown): index is number =>
    typeof index === "number" && Number.isInteger(index) && index >= emptyLayer && index < count;
  if (typeof key !== "string" || !/^[0-9a-f]{64}$/.test(key))
    throw invalidArgument("invalid build cache: bad key");
  if (!Array.isArray(layers) || !layers.every(isIndex))
    throw invalidArgument("invalid build cache: bad layers");
  return { key, description: typeof description === "string" ? description.slice(0, 1000) : "", layers };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isDigestText(value: unknown): value is Digest {
  return typeof value === "string" && isDigest(value);
}
