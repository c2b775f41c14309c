import { invalidArgument, notFound } from "../../errors/engine-error.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import { type Digest, isDigest } from "../../oci/digest.ts";
import { isIndexType, mediaTypes, parseManifest } from "../../oci/manifest.ts";
import { parseImageConfig } from "../../oci/parse-config.ts";
import { formatPlatform, hostPlatform, type Platform } from "../../oci/platform.ts";
import { parseReference, type Reference } from "../../oci/reference.ts";
import { fits } from "../find-image.ts";
import type { ArchiveContents } from "./archive-contents.ts";
import type { ArchiveImage } from "./archive-image.ts";

const maxIndexDepth = 8;
/** All manifests an entry leads to; each costs a look-up. */
const maxManifests = 4096;

/** The images of an OCI layout: for each entry of `index.json` the one of a platform. */
export async function readLayout(
  contents: ArchiveContents,
  platform: Platform | undefined,
): Promise<ArchiveImage[]> {
  const images: ArchiveImage[] = [];
  let others = 0;
  for (const descriptor of await entriesOf(contents)) {
    const image = await readEntry(contents, descriptor, platform);
    if (!image) {
      others++;
      continue;
    }
    const reference = referenceOf(descriptor);
    const known = images.findIndex(
      ({ manifest }) => manifest?.descriptor.digest === image.manifest?.descriptor.digest,
    );
    const before = images[known];
    // The same image under several names is several entries of the index.
    if (before)
      images[known] = { ...before, references: [...before.references, ...(reference ? [reference] : [])] };
    else images.push({ ...image, references: reference ? [reference] : [] });
  }
  if (images.length === 0 && others > 0 && platform) throw noSuchPlatform(platform);
  return images;
}

/** Every image a layout holds whole manifests of, whatever its platform. */
export async function readAllImages(contents: ArchiveContents): Promise<ArchiveImage[]> {
  const images: ArchiveImage[] = [];
  for (const entry of await entriesOf(contents)) {
    for (const descriptor of (await manifestsBelow(contents, entry)).values()) {
      const image = contents.has(pathOf(descriptor.digest)) && (await readImage(contents, descriptor));
      if (image) images.push(image);
    }
  }
  return images;
}

async function entriesOf(contents: ArchiveContents): Promise<readonly Descriptor[]> {
  const index = parseManifest(await contents.bytes("index.json"), mediaTypes.ociIndex);
  if (index.kind !== "index") throw invalidArgument("invalid archive: index.json is not an index");
  return index.index.manifests;
}

export function noSuchPlatform(platform: Platform) {
  return notFound(`no suitable image for platform ${formatPlatform(platform)} in the archive`);
}

/** One entry: an image, or an index to choose from. */
async function readEntry(
  contents: ArchiveContents,
  descriptor: Descriptor,
  platform: Platform | undefined,
): Promise<ArchiveImage | undefined> {
  const manifests = [...(await manifestsBelow(contents, descriptor)).values()];
  const isChoice = manifests.length !== 1 || manifests[0]?.digest !== descriptor.digest;
  if (!isChoice) {
    const image = await readImage(contents, descriptor);
    const isOther = platform && image && !fits(parseImageConfig(image.config.raw), platform);
    return isOther ? undefined : image;
  }
  return readImage(contents, choose(manifests, platform, contents));
}

/** Every manifest an index leads to, also through indexes inside of it; each is looked into once. */
async function manifestsBelow(
  contents: ArchiveContents,
  descriptor: Descriptor,
  depth = 0,
  found = new Map<string, Descriptor>(),
  seen = new Set<Digest>(),
): Promise<ReadonlyMap<string, Descriptor>> {
  if (depth > maxIndexDepth) throw invalidArgument("invalid archive: indexes are nested too deep");
  if (found.size + seen.size > maxManifests) throw invalidArgument("invalid archive: too many manifests");
  if (depth > 0 && !isIndexType(descriptor.mediaType)) return found.set(keyOf(descriptor), descriptor);
  // Archives of one platform name the manifests of the others without holding them.
  if (seen.has(descriptor.digest) || (depth > 0 && !contents.has(pathOf(descriptor.digest)))) return found;
  seen.add(descriptor.digest);
  await contents.layoutBlob(descriptor.digest, descriptor.size);
  const parsed = parseManifest(await contents.bytes(pathOf(descriptor.digest)), descriptor.mediaType);
  if (parsed.kind === "manifest") return found.set(keyOf(descriptor), descriptor);
  for (const inner of parsed.index.manifests) await manifestsBelow(contents, inner, depth + 1, found, seen);
  return found;
}

/** One manifest may be named for several platforms. */
function keyOf({ digest, platform }: Descriptor): string {
  return platform ? `${digest} ${formatPlatform(platform)}` : digest;
}

/** The manifest for a platform; with none asked for, the machine's own, else the only one there is. */
function choose(
  manifests: readonly Descriptor[],
  wanted: Platform | undefined,
  contents: ArchiveContents,
): Descriptor {
  const target = wanted ?? hostPlatform();
  // Attestations stand among the images, marked as for no platform.
  const images = manifests.filter(({ platform }) => platform?.os !== "unknown");
  const held = images.filter(({ digest }) => contents.has(pathOf(digest)));
  const fitting = held.filter(({ platform }) => platform && fits(platform, target));
  const exact = fitting.find(({ platform }) => platform?.variant === target.variant);
  const only = wanted === undefined && held.length === 1 ? held[0] : undefined;
  const chosen = exact ?? fitting[0] ?? only;
  if (!chosen) throw noSuchPlatform(target);
  return chosen;
}

async function readImage(
  contents: ArchiveContents,
  descriptor: Descriptor,
): Promise<ArchiveImage | undefined> {
  await contents.layoutBlob(descriptor.digest, descriptor.size);
  const raw = await contents.bytes(pathOf(descriptor.digest));
  const parsed = parseManifest(raw, descriptor.mediaType);
  if (parsed.kind === "index") throw invalidArgument("invalid archive: an index where an image was expected");
  const { config, layers, mediaType } = parsed.manifest;
  // Attestations and other artifacts are stored like images but are none.
  if (config.mediaType !== mediaTypes.ociConfig && config.mediaType !== mediaTypes.dockerConfig)
    return undefined;
  await contents.layoutBlob(config.digest, config.size);
  return {
    manifest: { raw, descriptor: { mediaType, digest: descriptor.digest, size: raw.length } },
    config: { raw: await contents.bytes(pathOf(config.digest)), digest: config.digest },
    layers: layers.map((layer) => ({ descriptor: layer })),
    references: [],
  };
}

/** Names as containerd (`io.containerd.image.name`) and skopeo (`ref.name`) write them. */
function referenceOf({ annotations }: Descriptor): Reference | undefined {
  const whole = annotations?.["io.containerd.image.name"];
  if (whole) return taggedOrNothing(whole);
  const name = annotations?.["org.opencontainers.image.ref.name"];
  // A bare word is a tag of an unknown repository, not a name.
  return name && /[:/]/.test(name) ? taggedOrNothing(name) : undefined;
}

function taggedOrNothing(text: string): Reference | undefined {
  const { domain, path, tag, digest } = parseReference(text);
  if (tag === undefined) return digest === undefined ? { domain, path, tag: "latest" } : undefined;
  return { domain, path, tag };
}

function pathOf(digest: Digest): string {
  if (!isDigest(digest)) throw invalidArgument("invalid digest");
  return `blobs/${digest.replace(":", "/")}`;
}
