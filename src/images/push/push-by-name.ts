import type { ContentStore } from "../../content/content-store.ts";
import { internal, notFound } from "../../errors/engine-error.ts";
import { KeyedLock } from "../../lib/keyed-lock.ts";
import { span } from "../../lib/trace.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import type { Digest } from "../../oci/digest.ts";
import type { Platform } from "../../oci/platform.ts";
import { formatPlatform } from "../../oci/platform.ts";
import { familiarReference, parseReference } from "../../oci/reference.ts";
import type { ImageTable } from "../../records/records.ts";
import { fits } from "../find-image.ts";
import type { ImageCatalog, ImageDetails } from "../image-catalog.ts";
import type { ImageTags } from "../image-tags.ts";
import type { PinGroup, Pins } from "../pins.ts";
import { shortDigest } from "../unpack/layer-unpacker.ts";
import { compressLayers, isPlain } from "./compress-layers.ts";
import { pushImage } from "./push-image.ts";
import type { PushOptions, PushTarget } from "./push-options.ts";

export interface PushWorld {
  readonly content: ContentStore;
  readonly table: ImageTable;
  readonly catalog: ImageCatalog;
  readonly tags: ImageTags;
  readonly pins: Pins;
  readonly discard: (blob: Digest) => Promise<void>;
}

/** One compression of an image at a time: the second push finds it done. */
const compressing = new KeyedLock();

/** Pushes the image a tag points at, and notes under which digest the registry has it. */
// trail: push
export async function pushByName(
  target: PushTarget,
  platform: Platform | undefined,
  world: PushWorld,
  options: PushOptions,
  pins: PinGroup,
): Promise<Descriptor> {
  const { catalog, tags } = world;
  await catalog.ready();
  const { reference } = target;
  const id = tags.lookUp(reference);
  if (!id) throw notFound(`tag does not exist: ${familiarReference(reference)}`);
  if (platform) checkPlatform(detailsOf(id, reference, world), reference, platform);
  // Asked before the work begins: a registry out of reach, or a missing login, shows here.
  const { digest } = detailsOf(id, reference, world).configDescriptor;
  const hasConfig = await target.repository.hasBlob(digest, options.signal);
  await compressing.run(id, () =>
    span("push.compress", () =>
      compressLayers(id, compressParts(world), {
        pins,
        signal: options.signal,
        onProgress: (diffId, current, total) =>
          options.onProgress({ id: shortDigest(diffId), status: "Preparing", current, total }),
      }),
    ),
  );
  const details = detailsOf(id, reference, world);
  const { manifest, configDescriptor, layers } = details;
  pins.add(manifest.digest, configDescriptor.digest, ...layers.map(({ digest }) => digest));
  const pushed = await pushImage(details, target, world, options, hasConfig);
  if (world.table.get(id)) {
    const { domain, path } = reference;
    await tags.set(id, { domain, path, digest: pushed.digest });
  }
  return pushed;
}

function compressParts(world: PushWorld) {
  const { content, catalog, discard, table, pins } = world;
  const isPublished = ({ manifest, layers }: ImageDetails) =>
    table.references().some(({ name }) => parseReference(name).digest === manifest.digest) ||
    layers.some((layer) => isPlain(layer) && table.sources(layer.digest).length > 0);
  return { content, catalog, pins, discard, isPublished };
}

/** Asked anew after each wait: somebody may have removed the image meanwhile. */
function detailsOf(
  id: Digest,
  reference: PushTarget["reference"],
  { catalog, table }: PushWorld,
): ImageDetails {
  const details = catalog.details(id);
  if (details) return details;
  if (!table.get(id)) throw notFound(`tag does not exist: ${familiarReference(reference)}`);
  throw internal(`the content of image ${id} is damaged: load it again`);
}

function checkPlatform(
  { config }: ImageDetails,
  reference: PushTarget["reference"],
  platform: Platform,
): void {
  if (fits(config, platform)) return;
  throw notFound(
    `image with reference ${familiarReference(reference)} was found but does not provide the specified platform (${formatPlatform(platform)})`,
  );
}
