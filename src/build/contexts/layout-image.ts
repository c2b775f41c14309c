import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { invalidArgument, notFound } from "../../errors/engine-error.ts";
import { streamOf, TarPacker } from "../../images/export/tar-packer.ts";
import type { ImageStore } from "../../images/image-store.ts";
import type { StoredImage } from "../../images/stored-image.ts";
import { epochSeconds } from "../../lib/tar/entry.ts";
import { formatHeader, paddingAfter } from "../../lib/tar/tar-writer.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import { mediaTypes, parseManifest } from "../../oci/manifest.ts";
import type { Platform } from "../../oci/platform.ts";
import { namesIn } from "../../sys/names.ts";
import { closeFd, fdPath, O_PATH, openRoot, tryOpenInRoot } from "../../sys/rooted-path.ts";
import type { ContextSource } from "../build-request.ts";

const largestIndex = 4 << 20;

/** An image of an OCI layout that the client sent: loaded, without the names it has there. */
export async function layoutImage(
  source: Extract<ContextSource, { kind: "layout" }>,
  platform: Platform,
  images: ImageStore,
  signal: AbortSignal,
): Promise<StoredImage> {
  const entry = chosenEntry(await readIndex(source.path), source.reference);
  const archive = streamOf(layoutChunks(source.path, entry));
  const [loaded] = await images.load(archive, { platform, signal });
  if (!loaded) throw notFound(`the OCI layout has no image "${source.reference}"`);
  return loaded.image;
}

async function readIndex(directory: string): Promise<readonly Descriptor[]> {
  const path = join(directory, "index.json");
  await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: unknown) => {
      throw invalidArgument("invalid OCI layout: index.json is missing", error);
    },
  );
  if ((await file.stat()).size > largestIndex)
    throw invalidArgument("invalid OCI layout: index.json is too large");
  const parsed = parseManifest(await file.readFile(), mediaTypes.ociIndex);
  if (parsed.kind !== "index") throw invalidArgument("invalid OCI layout: index.json is not an index");
  return parsed.index.manifests;
}

/** By digest, or by the tag its entry has; with one entry, that one. */
function chosenEntry(entries: readonly Descriptor[], reference: string): Descriptor {
  const digest = /sha256:[0-9a-f]{64}$/.exec(reference)?.[0];
  const tag = reference.slice(reference.lastIndexOf(":") + 1);
  const named = entries.find(({ annotations, ...entry }) => {
    if (digest !== undefined) return entry.digest === digest;
    const name = annotations?.["org.opencontainers.image.ref.name"];
    return name !== undefined && (name === reference || name === tag || name.endsWith(`:${tag}`));
  });
  const found = named ?? (digest === undefined && entries.length === 1 ? entries[0] : undefined);
  if (!found) throw notFound(`the OCI layout has no image "${reference}"`);
  return found;
}

async function* layoutChunks(directory: string, entry: Descriptor): AsyncGenerator<Uint8Array> {
  const { annotations: _, ...plain } = entry;
  yield jsonFile("oci-layout", { imageLayoutVersion: "1.0.0" });
  yield jsonFile("index.json", { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [plain] });
  const packer = new TarPacker();
  const root = openRoot(directory);
  try {
    const blobs = tryOpenInRoot(root, "blobs/sha256", O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    if (blobs < 0) throw invalidArgument("invalid OCI layout: it has no blobs");
    try {
      for (const name of namesIn(fdPath(blobs)).sort())
        yield* packer.add(blobs, name, `blobs/sha256/${name}`);
    } finally {
      closeFd(blobs);
    }
    yield* packer.end();
  } finally {
    closeFd(root);
  }
}

function jsonFile(path: string, value: object): Uint8Array {
  const bytes = Buffer.from(JSON.stringify(value));
  const header = formatHeader({
    path,
    type: "file",
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: bytes.length,
    modified: epochSeconds(0),
  });
  return Buffer.concat([header, bytes, paddingAfter(bytes.length)]);
}
