import { invalidArgument, notFound } from "../../errors/engine-error.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import { type Digest, isDigest, sha256 } from "../../oci/digest.ts";
import { isIndexType, mediaTypes, parseJson, parseManifest } from "../../oci/manifest.ts";
import { formatPlatform, hostPlatform, type Platform } from "../../oci/platform.ts";
import { formatReference, parseReference, type Reference } from "../../oci/reference.ts";
import type { ArchiveContents } from "./archive-contents.ts";

/** One image of an archive, before its bytes are checked. */
export interface ArchiveImage {
  /** Exact bytes of the manifest when the archive has one. */
  readonly manifest?: { readonly raw: Uint8Array; readonly descriptor: Descriptor };
  readonly config: { readonly raw: Uint8Array; readonly digest: Digest };
  /** Paths (docker-archive) or blobs (OCI layout) of the layers, lowest first. */
  readonly layers: readonly ({ path: string } | { descriptor: Descriptor })[];
  readonly references: readonly Reference[];
}

const maxIndexDepth = 8;

/**
 * What images an archive contains. `manifest.json` (docker-archive) leads, because it names
 * tags the way `docker load` means them; if the archive is an OCI layout too, its manifests
 * are taken by their exact bytes. A pure OCI layout is read from `index.json`.
 */
export async function findArchiveImages(
  contents: ArchiveContents,
  platform: Platform | undefined,
): Promise<ArchiveImage[]> {
  const layout = contents.has("index.json") ? await readLayout(contents, platform) : [];
  if (contents.has("manifest.json")) return readDockerArchive(contents, layout);
  if (layout.length > 0) return layout;
  if (contents.has("repositories"))
    throw invalidArgument("invalid archive: images saved before Docker 1.10 cannot be loaded");
  throw invalidArgument("invalid archive: neither manifest.json nor index.json is in it");
}

interface DockerArchiveItem {
  readonly Config: string;
  readonly RepoTags: readonly string[] | null;
  readonly Layers: readonly string[] | null;
}

async function readDockerArchive(
  contents: ArchiveContents,
  layout: readonly ArchiveImage[],
): Promise<ArchiveImage[]> {
  const images: ArchiveImage[] = [];
  for (const item of parseDockerManifest(await contents.bytes("manifest.json"))) {
    const raw = await contents.bytes(cleanPath(item.Config));
    const digest = sha256(raw);
    // Saved by digest algorithm and hex in the name: then the name is a promise.
    const named = /(?:^|\/)([a-f0-9]{64})(?:\.json)?$/.exec(item.Config)?.[1];
    if (named !== undefined && `sha256:${named}` !== digest)
      throw invalidArgument(`unexpected digest: configuration "${item.Config}" has ${digest}`);
    const references = (item.RepoTags ?? []).map((tag) => requireTag(parseReference(tag)));
    const same = layout.find((image) => image.config.digest === digest);
    images.push(
      same
        ? { ...same, references }
        : {
            config: { raw, digest },
            layers: (item.Layers ?? []).map((path) => ({ path: cleanPath(path) })),
            references,
          },
    );
  }
  return images;
}

function parseDockerManifest(bytes: Uint8Array): DockerArchiveItem[] {
  const items = parseJson(bytes, "archive: manifest.json");
  const isItem = (item: DockerArchiveItem) =>
    typeof item === "object" &&
    item !== null &&
    typeof item.Config === "string" &&
    [item.RepoTags ?? [], item.Layers ?? []].every(
      (list) => Array.isArray(list) && list.every((text) => typeof text === "string"),
    );
  if (!Array.isArray(items) || !items.every(isItem))
    throw invalidArgument("invalid archive: bad manifest.json");
  return items;
}

function requireTag(reference: Reference): Reference {
  if (reference.tag === undefined)
    throw invalidArgument(`invalid archive: "${formatReference(reference)}" has no tag`);
  return { domain: reference.domain, path: reference.path, tag: reference.tag };
}

function cleanPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}

async function readLayout(
  contents: ArchiveContents,
  platform: Platform | undefined,
): Promise<ArchiveImage[]> {
  const index = parseManifest(await contents.bytes("index.json"), mediaTypes.ociIndex);
  if (index.kind !== "index") throw invalidArgument("invalid archive: index.json is not an index");
  const images: ArchiveImage[] = [];
  for (const descriptor of index.index.manifests) {
    const image = await readLayoutImage(contents, descriptor, platform, 0);
    if (!image) continue;
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
  return images;
}

async function readLayoutImage(
  contents: ArchiveContents,
  descriptor: Descriptor,
  platform: Platform | undefined,
  depth: number,
): Promise<ArchiveImage | undefined> {
  if (depth > maxIndexDepth) throw invalidArgument("invalid archive: indexes are nested too deep");
  await contents.layoutBlob(descriptor.digest, descriptor.size);
  const raw = await contents.bytes(pathOf(descriptor.digest));
  const parsed = parseManifest(raw, descriptor.mediaType);
  if (parsed.kind === "index") {
    const chosen = choosePlatform(parsed.index.manifests, platform);
    return readLayoutImage(contents, chosen, platform, depth + 1);
  }
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

/** The manifest for a platform; with none asked for, the machine's own, else the only one there is. */
function choosePlatform(manifests: readonly Descriptor[], wanted: Platform | undefined): Descriptor {
  const target = wanted ?? hostPlatform();
  const images = manifests.filter(({ platform }) => platform?.os !== "unknown");
  const fits = images.filter(
    ({ platform, mediaType }) =>
      isIndexType(mediaType) ||
      (platform?.os === target.os &&
        platform.architecture === target.architecture &&
        (target.variant === undefined || platform.variant === target.variant)),
  );
  const [first] = fits.length > 0 ? fits : wanted === undefined && images.length === 1 ? images : [];
  if (!first) throw notFound(`no suitable image for platform ${formatPlatform(target)} in the archive`);
  return first;
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
