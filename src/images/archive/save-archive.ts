import type { ContentStore } from "../../content/content-store.ts";
import { epochSeconds } from "../../lib/tar/entry.ts";
import { endOfArchive, formatHeader, paddingAfter } from "../../lib/tar/tar-writer.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import { type Digest, hexOf } from "../../oci/digest.ts";
import { mediaTypes } from "../../oci/manifest.ts";
import { familiarName, familiarReference, formatReference, type Reference } from "../../oci/reference.ts";
import type { ImageDetails } from "../image-catalog.ts";

/** An image to save and the names it is saved under. */
export interface SavedImage {
  readonly details: ImageDetails;
  readonly references: readonly Reference[];
  readonly parent?: Digest;
}

/**
 * One tar that is an OCI layout (`oci-layout`, `index.json`, blobs) and a docker-archive
 * (`manifest.json` and `repositories`, which point at the same blobs). The small files come
 * first, so that a reader knows what it will get; the same images always give the same bytes.
 * With the index of one image for several platforms it is an OCI layout alone: docker-archive has
 * no words for that.
 */
export function saveArchive(
  images: readonly SavedImage[],
  content: ContentStore,
  ended: () => void,
  index?: Descriptor,
): ReadableStream<Uint8Array> {
  const chunks = archiveChunks(images, content, index);
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await chunks.next();
          if (!done) return controller.enqueue(value);
          controller.close();
        } catch (error) {
          controller.error(error);
        }
        ended();
      },
      async cancel() {
        await chunks.return(undefined);
        ended();
      },
    },
    { highWaterMark: 2 },
  );
}

async function* archiveChunks(
  images: readonly SavedImage[],
  content: ContentStore,
  index: Descriptor | undefined,
): AsyncGenerator<Uint8Array, undefined> {
  yield Buffer.concat([
    jsonFile("oci-layout", { imageLayoutVersion: "1.0.0" }),
    jsonFile("index.json", layoutIndex(images, index)),
    ...(index ? [] : [jsonFile("manifest.json", dockerManifest(images)), ...repositoriesFile(images)]),
    directory("blobs"),
    directory("blobs/sha256"),
  ]);
  for (const { digest, size } of [...(index ? [index] : []), ...blobsToSave(images)]) {
    yield header(pathOf(digest), size);
    yield* content.open(digest);
    const padding = paddingAfter(size);
    if (padding.length > 0) yield padding;
  }
  yield endOfArchive();
  return undefined;
}

/** Each blob once, manifests and configurations before layers. */
function blobsToSave(images: readonly SavedImage[]): { digest: Digest; size: number }[] {
  const blobs = new Map<Digest, number>();
  for (const { details } of images)
    for (const { digest, size } of [details.manifest, details.configDescriptor]) blobs.set(digest, size);
  for (const { details } of images) for (const { digest, size } of details.layers) blobs.set(digest, size);
  return [...blobs].map(([digest, size]) => ({ digest, size }));
}

function layoutIndex(images: readonly SavedImage[], index: Descriptor | undefined): object {
  const roots = index
    ? [{ manifest: index, references: images[0]?.references ?? [] }]
    : images.map(({ details, references }) => ({ manifest: details.manifest, references }));
  const manifests = roots.flatMap(({ manifest, references }) => {
    const { mediaType, digest, size } = manifest;
    const plain = { mediaType, digest, size };
    if (references.length === 0) return [plain];
    return references.map((reference) => ({
      ...plain,
      annotations: {
        "io.containerd.image.name": formatReference(reference),
        "org.opencontainers.image.ref.name": reference.tag ?? "",
      },
    }));
  });
  return { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests };
}

function dockerManifest(images: readonly SavedImage[]): object {
  const saved = new Set(images.map(({ details }) => details.configDescriptor.digest));
  return images.map(({ details, references, parent }) => ({
    Config: pathOf(details.configDescriptor.digest),
    RepoTags: references.length > 0 ? references.map(familiarReference) : null,
    Layers: details.layers.map(({ digest }) => pathOf(digest)),
    ...(parent !== undefined && saved.has(parent) && { Parent: parent }),
  }));
}

function repositoriesFile(images: readonly SavedImage[]): Uint8Array[] {
  const repositories: Record<string, Record<string, string>> = {};
  for (const { details, references } of images) {
    const top = details.layers.at(-1) ?? details.configDescriptor;
    for (const reference of references) {
      const name = familiarName(reference);
      repositories[name] = { ...repositories[name], [reference.tag ?? "latest"]: hexOf(top.digest) };
    }
  }
  return Object.keys(repositories).length > 0 ? [jsonFile("repositories", repositories)] : [];
}

function pathOf(digest: Digest): string {
  return `blobs/${digest.replace(":", "/")}`;
}

const owner = { uid: 0, gid: 0, modified: epochSeconds(0) };

function header(path: string, size: number): Uint8Array {
  return formatHeader({ ...owner, path, type: "file", mode: 0o644, size });
}

function directory(path: string): Uint8Array {
  return formatHeader({ ...owner, path: `${path}/`, type: "directory", mode: 0o755, size: 0 });
}

function jsonFile(path: string, value: object): Uint8Array {
  const bytes = Buffer.from(JSON.stringify(value));
  return Buffer.concat([header(path, bytes.length), bytes, paddingAfter(bytes.length)]);
}
