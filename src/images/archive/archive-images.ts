import { invalidArgument } from "../../errors/engine-error.ts";
import { isDigest, sha256 } from "../../oci/digest.ts";
import { parseJson } from "../../oci/manifest.ts";
import { parseImageConfig } from "../../oci/parse-config.ts";
import type { Platform } from "../../oci/platform.ts";
import { formatReference, parseReference, type Reference } from "../../oci/reference.ts";
import { fits } from "../find-image.ts";
import type { ArchiveContents } from "./archive-contents.ts";
import type { ArchiveImage } from "./archive-image.ts";
import { noSuchPlatform, readAllImages, readLayout } from "./layout-images.ts";

/**
 * What images an archive contains. `manifest.json` (docker-archive) leads, because it names
 * tags the way `docker load` means them; if the archive is an OCI layout too, its manifests
 * are taken by their exact bytes. A pure OCI layout is read from `index.json`.
 */
export async function findArchiveImages(
  contents: ArchiveContents,
  platform: Platform | undefined,
): Promise<ArchiveImage[]> {
  if (contents.has("manifest.json")) {
    const layout = contents.has("index.json") ? await readAllImages(contents) : [];
    return forPlatform(await readDockerArchive(contents, layout), platform);
  }
  if (contents.has("index.json")) return readLayout(contents, platform);
  if (contents.has("repositories"))
    throw invalidArgument("invalid archive: images saved before Docker 1.10 cannot be loaded");
  throw invalidArgument("invalid archive: neither manifest.json nor index.json is in it");
}

function forPlatform(images: readonly ArchiveImage[], platform: Platform | undefined): ArchiveImage[] {
  if (!platform) return [...images];
  const fitting = images.filter(({ config }) => fits(parseImageConfig(config.raw), platform));
  if (fitting.length === 0) throw noSuchPlatform(platform);
  return fitting;
}

interface DockerArchiveItem {
  readonly Config: string;
  readonly RepoTags: readonly string[] | null;
  readonly Layers: readonly string[] | null;
  readonly Parent?: string;
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
    const parent = item.Parent && isDigest(item.Parent) ? { parent: item.Parent } : {};
    const layers = (item.Layers ?? []).map((path) => ({ path: cleanPath(path) }));
    images.push({ ...(same ?? { config: { raw, digest }, layers }), references, ...parent });
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
