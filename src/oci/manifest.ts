import { invalidArgument } from "../errors/engine-error.ts";
import type { Descriptor } from "./descriptor.ts";
import { isDigest } from "./digest.ts";
import type { Platform } from "./platform.ts";

export const mediaTypes = {
  ociIndex: "application/vnd.oci.image.index.v1+json",
  ociManifest: "application/vnd.oci.image.manifest.v1+json",
  ociConfig: "application/vnd.oci.image.config.v1+json",
  ociLayer: "application/vnd.oci.image.layer.v1.tar",
  ociLayerGzip: "application/vnd.oci.image.layer.v1.tar+gzip",
  ociLayerZstd: "application/vnd.oci.image.layer.v1.tar+zstd",
  dockerList: "application/vnd.docker.distribution.manifest.list.v2+json",
  dockerManifest: "application/vnd.docker.distribution.manifest.v2+json",
  dockerConfig: "application/vnd.docker.container.image.v1+json",
  dockerLayer: "application/vnd.docker.image.rootfs.diff.tar.gzip",
} as const;

export interface ImageManifest {
  readonly schemaVersion: 2;
  readonly mediaType: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface ImageIndex {
  readonly schemaVersion: 2;
  readonly mediaType: string;
  readonly manifests: readonly Descriptor[];
  readonly annotations?: Readonly<Record<string, string>>;
}

export type ParsedManifest =
  | { kind: "manifest"; manifest: ImageManifest }
  | { kind: "index"; index: ImageIndex };

const indexTypes: readonly string[] = [mediaTypes.ociIndex, mediaTypes.dockerList];
const manifestTypes: readonly string[] = [mediaTypes.ociManifest, mediaTypes.dockerManifest];

/** More entries than any honest image has; each costs a look-up. */
const maxDescriptors = 4096;

/**
 * Reads manifest bytes. The media type comes from outside (descriptor, HTTP header) or from
 * the document; when both speak they must agree, because a document that can be read as two
 * kinds is an attack.
 */
export function parseManifest(bytes: Uint8Array, mediaType?: string): ParsedManifest {
  const json = parseObject(bytes, "manifest");
  if (json.schemaVersion !== 2)
    throw invalidArgument(`unsupported manifest schema version ${json.schemaVersion}`);
  const own = typeof json.mediaType === "string" ? json.mediaType : undefined;
  const given = mediaType && isManifestType(mediaType) ? mediaType : undefined;
  if (own && given && own !== given)
    throw invalidArgument(`invalid manifest: media type "${own}" where "${given}" was announced`);
  const hasList = Array.isArray(json.manifests);
  const hasLayers = Array.isArray(json.layers);
  if (hasList && hasLayers) throw invalidArgument("invalid manifest: it is an index and a manifest at once");
  const type = own ?? given ?? (hasList ? mediaTypes.ociIndex : mediaTypes.ociManifest);
  const annotations = isStringMap(json.annotations) ? { annotations: json.annotations } : {};
  if (indexTypes.includes(type)) {
    const manifests = parseDescriptors(json.manifests, "manifests");
    return { kind: "index", index: { schemaVersion: 2, mediaType: type, manifests, ...annotations } };
  }
  if (!manifestTypes.includes(type)) throw invalidArgument(`unsupported manifest media type "${type}"`);
  const config = parseDescriptor(json.config);
  const layers = parseDescriptors(json.layers, "layers");
  return {
    kind: "manifest",
    manifest: { schemaVersion: 2, mediaType: type, config, layers, ...annotations },
  };
}

export function isManifestType(mediaType: string): boolean {
  return indexTypes.includes(mediaType) || manifestTypes.includes(mediaType);
}

export function isIndexType(mediaType: string): boolean {
  return indexTypes.includes(mediaType);
}

/** The bytes of a manifest made here: fixed order of keys, so the same image has the same digest. */
export function formatManifest(config: Descriptor, layers: readonly Descriptor[]): Uint8Array {
  const short = ({ mediaType, digest, size }: Descriptor) => ({ mediaType, digest, size });
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: short(config),
    layers: layers.map(short),
  };
  return Buffer.from(JSON.stringify(manifest));
}

export function parseJson(bytes: Uint8Array, what: string): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch (error) {
    throw invalidArgument(`invalid ${what}: not JSON`, error);
  }
}

export function parseObject(bytes: Uint8Array, what: string): Record<string, unknown> {
  const value = parseJson(bytes, what);
  if (!isObject(value)) throw invalidArgument(`invalid ${what}: not an object`);
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isStringMap(value: unknown): value is Record<string, string> {
  return isObject(value) && Object.values(value).every((item) => typeof item === "string");
}

function parseDescriptors(value: unknown, what: string): Descriptor[] {
  if (!Array.isArray(value)) throw invalidArgument(`invalid manifest: "${what}" is not a list`);
  if (value.length > maxDescriptors) throw invalidArgument(`invalid manifest: too many ${what}`);
  return value.map(parseDescriptor);
}

function parseDescriptor(value: unknown): Descriptor {
  if (!isObject(value)) throw invalidArgument("invalid manifest: a descriptor is not an object");
  const { mediaType, digest, size, annotations, platform } = value;
  if (typeof digest !== "string" || !isDigest(digest))
    throw invalidArgument(`invalid manifest: bad digest ${JSON.stringify(digest)}`);
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0)
    throw invalidArgument(`invalid manifest: bad size of ${digest}`);
  return {
    mediaType: typeof mediaType === "string" ? mediaType : "",
    digest,
    size,
    ...(isStringMap(annotations) && { annotations }),
    ...(isPlatform(platform) && { platform }),
  };
}

function isPlatform(value: unknown): value is Platform {
  return isObject(value) && typeof value.os === "string" && typeof value.architecture === "string";
}
