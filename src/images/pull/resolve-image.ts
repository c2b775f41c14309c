import type { ContentStore } from "../../content/content-store.ts";
import { internal, invalidArgument, notImplemented } from "../../errors/engine-error.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import { type Digest, sha256 } from "../../oci/digest.ts";
import type { ImageConfig } from "../../oci/image-config.ts";
import { type ImageManifest, mediaTypes, parseManifest } from "../../oci/manifest.ts";
import { parseImageConfig } from "../../oci/parse-config.ts";
import type { Platform } from "../../oci/platform.ts";
import { formatReference } from "../../oci/reference.ts";
import { largestManifest } from "../../registry/client/manifest-answer.ts";
import { chooseManifest } from "./choose-manifest.ts";
import type { PullTarget } from "./pull-options.ts";

/** An image of a registry, its manifest chosen and checked. */
export interface RemoteImage {
  /** What the tag points at. */
  readonly digest: Digest;
  readonly manifest: ImageManifest;
  readonly descriptor: Descriptor;
  readonly raw: Uint8Array;
}

const deepest = 4;
/** Configurations are JSON of some kilobytes; a few have long histories. */
const largestConfig = 8 * 1024 * 1024;

/** From tag or digest to the manifest for a platform. What is in the store is not asked for again. */
export async function resolveImage(
  { reference, repository }: PullTarget,
  platform: Platform | undefined,
  content: ContentStore,
  signal: AbortSignal,
): Promise<RemoteImage> {
  const wanted = reference.digest ?? reference.tag ?? "latest";
  const described = reference.digest ? undefined : await repository.describe(wanted, signal);
  let found = await read(described?.digest ?? wanted);
  const { digest } = found.descriptor;
  for (let depth = 0; ; depth++) {
    refuseSchema1(found, reference);
    const parsed = parseManifest(found.raw, found.descriptor.mediaType);
    if (parsed.kind === "manifest") return checked({ digest, manifest: parsed.manifest, ...found });
    if (depth === deepest) throw invalidArgument("invalid manifest: indexes are nested too deep");
    const chosen = chooseManifest(parsed.index.manifests, platform);
    if (chosen.size > largestManifest) throw invalidArgument("invalid manifest: an entry is too large");
    found = await read(chosen.digest);
    if (found.raw.length !== chosen.size)
      throw invalidArgument(
        `unexpected size: manifest ${chosen.digest} has ${found.raw.length} bytes, expected ${chosen.size}`,
      );
  }

  async function read(tagOrDigest: string) {
    const digest = tagOrDigest as Digest;
    const stored = tagOrDigest.startsWith("sha256:") ? await content.stat(digest) : undefined;
    if (stored && stored.size <= largestManifest) {
      const raw = await content.read(digest);
      const mediaType = described?.digest === digest ? described.mediaType : "";
      if (sha256(raw) === digest) return { raw, descriptor: { mediaType, digest, size: raw.length } };
    }
    return await repository.manifest(tagOrDigest, signal);
  }
}

/** The format of 2015, whose layers and identity are computed in other ways. */
function refuseSchema1(
  { raw, descriptor }: { raw: Uint8Array; descriptor: Descriptor },
  reference: PullTarget["reference"],
): void {
  const isTyped = descriptor.mediaType.startsWith("application/vnd.docker.distribution.manifest.v1+");
  if (!isTyped && !/"schemaVersion"\s*:\s*1\b/.test(Buffer.from(raw).toString("utf8"))) return;
  throw notImplemented(
    `Docker Image manifest version 2, schema 1 is not supported: suggest the author of ${formatReference(reference)} to upgrade the image to the OCI Format or Docker Image manifest v2, schema 2`,
  );
}

function checked(image: RemoteImage): RemoteImage {
  const { config, layers } = image.manifest;
  if (config.mediaType !== mediaTypes.ociConfig && config.mediaType !== mediaTypes.dockerConfig) {
    const kind = config.mediaType === "application/vnd.docker.plugin.v1+json" ? "plugin" : "unknown";
    throw invalidArgument(`Encountered remote ${JSON.stringify(config.mediaType)}(${kind}) when fetching`);
  }
  for (const { mediaType } of layers) {
    if (!/\.tar(?:[.+](?:gzip|zstd))?$/.test(mediaType)) {
      throw invalidArgument(`unsupported layer media type ${JSON.stringify(mediaType)}`);
    }
  }
  if (config.size > largestConfig) throw invalidArgument("invalid manifest: the configuration is too large");
  return image;
}

/** The configuration of an image, with as many layers as its manifest has. */
export async function fetchConfig(
  { manifest: { config, layers } }: RemoteImage,
  { repository }: PullTarget,
  content: ContentStore,
  signal: AbortSignal,
): Promise<{ raw: Uint8Array; config: ImageConfig }> {
  const stored = await content.stat(config.digest);
  const raw = stored ? await content.read(config.digest) : await download(config, repository, signal);
  if (raw.length !== config.size)
    throw invalidArgument(
      `unexpected size: configuration ${config.digest} has ${raw.length} bytes, expected ${config.size}`,
    );
  if (sha256(raw) !== config.digest)
    throw invalidArgument(
      `image config verification failed for digest ${config.digest}: it has ${sha256(raw)}`,
    );
  const parsed = parseImageConfig(raw);
  if (parsed.rootfs.diff_ids.length !== layers.length)
    throw invalidArgument(
      `invalid manifest, layers length mismatch: expected ${layers.length}, got ${parsed.rootfs.diff_ids.length}`,
    );
  if (parsed.os !== "linux")
    throw invalidArgument(
      `image operating system ${JSON.stringify(parsed.os)} cannot be used on this platform`,
    );
  return { raw, config: parsed };
}

async function download(
  { digest, size }: Descriptor,
  repository: PullTarget["repository"],
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { bytes } = await repository.blob(digest, 0, signal);
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of bytes) {
    length += part.length;
    if (length > size) throw internal(`unexpected size: configuration ${digest} has more than ${size} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}
