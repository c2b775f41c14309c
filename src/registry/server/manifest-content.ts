import { messageOf } from "../../errors/engine-error.ts";
import { type Digest, isDigest } from "../../oci/digest.ts";
import { isIndexType, isManifestType, mediaTypes } from "../../oci/manifest.ts";
import { OciError } from "./oci-error.ts";

/** What the registry has to know of a manifest; what it stores and gives out are the exact bytes. */
export interface ManifestContent {
  readonly mediaType: string;
  readonly kind: "image" | "index";
  /** Blobs and manifests it cannot do without. Those that are fetched from elsewhere are left out. */
  readonly blobs: readonly Digest[];
  readonly manifests: readonly Digest[];
  readonly subject: Digest | undefined;
  /** As the referrers API tells it: of an image without one, the media type of its config. */
  readonly artifactType: string | undefined;
  readonly annotations: Readonly<Record<string, string>> | undefined;
}

/** An entry of an index, for choosing an image for a client that knows no indexes. */
export interface IndexEntry {
  readonly digest: Digest;
  readonly os: string;
  readonly architecture: string;
}

type Json = Readonly<Record<string, unknown>>;

/** More entries than any honest manifest has; each costs a look at the storage. */
const mostDescriptors = 10_000;

const invalid = (message: string, detail?: unknown) => new OciError("MANIFEST_INVALID", message, detail);

/**
 * Reads manifest bytes. `contentType` and the document's own `mediaType` must agree when both
 * speak: a document that can be read as two kinds is an attack.
 */
export function parseManifestContent(bytes: Uint8Array, contentType: string | undefined): ManifestContent {
  const json = parseObject(bytes);
  const mediaType = mediaTypeOf(json, contentType);
  if (json.schemaVersion !== 2) throw invalid("manifest invalid: schemaVersion must be 2");
  const subject = json.subject === undefined ? undefined : digestIn(json.subject, "subject");
  const annotations = annotationsOf(json.annotations);
  const own =
    typeof json.artifactType === "string" && json.artifactType !== "" ? json.artifactType : undefined;
  const common = { mediaType, subject, annotations };
  if (isIndexType(mediaType)) {
    if (json.layers !== undefined || json.config !== undefined)
      throw invalid("manifest invalid: an index has neither config nor layers");
    const manifests = descriptors(json.manifests, "manifests").map((entry) => digestIn(entry, "manifests"));
    return { ...common, kind: "index", blobs: [], manifests, artifactType: own };
  }
  if (json.manifests !== undefined) throw invalid("manifest invalid: an image has no manifests");
  const layers = descriptors(json.layers, "layers")
    .map((entry) => ({ entry, digest: digestIn(entry, "layers") }))
    .filter(({ entry }) => !isElsewhere(entry))
    .map(({ digest }) => digest);
  const config = digestIn(json.config, "config");
  const configType = isObject(json.config) && json.config.mediaType;
  const artifactType = own ?? (typeof configType === "string" ? configType : undefined);
  return { ...common, kind: "image", blobs: [...new Set([config, ...layers])], manifests: [], artifactType };
}

export function indexEntries(bytes: Uint8Array): IndexEntry[] {
  return descriptors(parseObject(bytes).manifests, "manifests").map((entry) => {
    const platform: Json = isObject(entry) && isObject(entry.platform) ? entry.platform : {};
    return {
      digest: digestIn(entry, "manifests"),
      os: String(platform.os ?? ""),
      architecture: String(platform.architecture ?? ""),
    };
  });
}

function mediaTypeOf(json: Json, contentType: string | undefined): string {
  const given = contentType?.split(";")[0]?.trim().toLowerCase() || undefined;
  if (json.mediaType !== undefined && typeof json.mediaType !== "string")
    throw invalid("manifest invalid: mediaType is not a string");
  const said = json.mediaType || undefined;
  if (given !== undefined && said !== undefined && given !== said) {
    throw invalid(
      `manifest invalid: mediaType ${JSON.stringify(said)} does not match Content-Type ${JSON.stringify(given)}`,
    );
  }
  const type = said ?? given ?? (json.manifests === undefined ? mediaTypes.ociManifest : mediaTypes.ociIndex);
  if (!isManifestType(type)) throw invalid(`unsupported manifest media type ${JSON.stringify(type)}`);
  return type;
}

function parseObject(bytes: Uint8Array): Json {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw invalid(`manifest invalid: not JSON: ${messageOf(error)}`);
  }
  if (!isObject(value)) throw invalid("manifest invalid: not an object");
  return value;
}

function descriptors(value: unknown, where: string): unknown[] {
  if (!Array.isArray(value)) throw invalid(`manifest invalid: ${where} is not a list`);
  if (value.length > mostDescriptors) throw invalid(`manifest invalid: too many ${where}`);
  return value;
}

function digestIn(value: unknown, where: string): Digest {
  if (!isObject(value)) throw invalid(`manifest invalid: ${where} has no descriptor`);
  const { digest, size } = value;
  if (typeof digest !== "string" || !isDigest(digest))
    throw invalid(`manifest invalid: bad digest in ${where}`, { digest });
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0)
    throw invalid(`manifest invalid: bad size in ${where}`, { digest, size });
  return digest;
}

/** Layers that may not be passed on are fetched from the addresses in the descriptor. */
function isElsewhere(entry: unknown): boolean {
  if (!isObject(entry)) return false;
  const type = typeof entry.mediaType === "string" ? entry.mediaType : "";
  const hasUrls = Array.isArray(entry.urls) && entry.urls.length > 0;
  return hasUrls || /\.nondistributable\.|\.rootfs\.foreign\./.test(type);
}

function annotationsOf(value: unknown): Record<string, string> | undefined {
  if (!isObject(value)) return undefined;
  const pairs = Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === "string");
  return Object.fromEntries(pairs);
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
