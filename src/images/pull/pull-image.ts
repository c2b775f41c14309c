import { failpoint } from "../../lib/failpoint.ts";
import { span } from "../../lib/trace.ts";
import { chainIds } from "../../oci/chain-id.ts";
import { formatReference, type Reference } from "../../oci/reference.ts";
import type { PinGroup } from "../pins.ts";
import { pullLayers } from "./pull-layers.ts";
import type { PulledImage, PullOptions, PullTarget } from "./pull-options.ts";
import type { PullParts } from "./pull-parts.ts";
import { fetchConfig, type RemoteImage, resolveImage } from "./resolve-image.ts";

/**
 * Pulls what one tag or digest names. The order makes any crash harmless: layers and blobs,
 * then the record, then names. A crash before the blobs are committed leaves downloads that
 * the next pull goes on with; what has no record is collected at the next start.
 */
// trail: pull
export async function pullImage(
  target: PullTarget,
  parts: PullParts,
  options: PullOptions,
  pins: PinGroup,
): Promise<PulledImage> {
  const { content, catalog } = parts;
  const { reference } = target;
  const { onProgress, platform, signal } = options;
  await catalog.ready();
  // Nobody came back for these within a day.
  await content.dropPartial();
  const image = await span("pull.resolve", () => resolveImage(target, platform, content, signal));
  const { digest, manifest, descriptor } = image;
  const shown = reference.digest ? formatReference(reference) : (reference.tag ?? "");
  onProgress({ id: shown, status: `Pulling from ${reference.path}` });
  const id = manifest.config.digest;
  pins.add(id, descriptor.digest, ...manifest.layers.map((layer) => layer.digest));
  if (!catalog.table.get(id) || !catalog.details(id)) {
    await store(image, target, parts, options, pins);
  }
  onProgress({ status: `Digest: ${digest}` });
  await failpoint("image.tag");
  // Removed by somebody else in between: nothing may be named that is not there.
  while (!catalog.table.get(id)) await store(image, target, parts, options, pins);
  const updated = await name(reference, image, parts);
  return { id, digest, updated };
}

async function store(
  image: RemoteImage,
  target: PullTarget,
  parts: PullParts,
  options: PullOptions,
  pins: PinGroup,
): Promise<void> {
  const { content, catalog } = parts;
  const { manifest, descriptor, raw } = image;
  const { raw: rawConfig, config } = await fetchConfig(image, target, content, options.signal);
  const diffIds = config.rootfs.diff_ids;
  pins.add(...chainIds(diffIds));
  await pullLayers(manifest.layers, diffIds, target.repository, parts, options);
  await content.put(rawConfig, manifest.config);
  await content.put(raw, descriptor);
  await failpoint("image.record");
  await catalog.add({
    ...catalog.table.get(manifest.config.digest),
    id: manifest.config.digest,
    created: config.created ?? "",
    manifest: descriptor.digest,
    manifestMediaType: manifest.mediaType,
  });
}

/** The name with the digest stays with the image when the tag moves on. */
async function name(reference: Reference, image: RemoteImage, { tags }: PullParts): Promise<boolean> {
  const { domain, path, tag } = reference;
  const id = image.manifest.config.digest;
  const byDigest = { domain, path, digest: image.digest };
  const asked = reference.digest === undefined && tag !== undefined ? { domain, path, tag } : byDigest;
  const updated = tags.lookUp(asked) !== id;
  await tags.set(id, byDigest);
  if (asked !== byDigest) await tags.set(id, asked);
  return updated;
}
