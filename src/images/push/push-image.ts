import { internal } from "../../errors/engine-error.ts";
import { span } from "../../lib/trace.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import { type Digest, sha256 } from "../../oci/digest.ts";
import type { ImageDetails } from "../image-catalog.ts";
import { shortDigest } from "../unpack/layer-unpacker.ts";
import { pushLayer } from "./push-layer.ts";
import type { PushOptions, PushParts, PushTarget } from "./push-options.ts";

/**
 * Sends an image: layers in parallel, topmost first, then the configuration, and the manifest
 * when all it names is there. Blobs and manifest are the bytes that are stored.
 *
 *   for each layer    HEAD blob ─▶ there: done
 *                     POST ?mount=&from= ─▶ 201: taken over from another repository
 *                     upload
 *   config            uploaded if it is not there, silently
 *   PUT manifests/TAG
 */
// trail: push
export async function pushImage(
  details: ImageDetails,
  target: PushTarget,
  parts: PushParts,
  options: PushOptions,
  hasConfig: boolean,
): Promise<Descriptor> {
  const { repository, reference } = target;
  const layers = layersOf(details);
  for (const { id } of layers) options.onProgress({ id, status: "Preparing" });
  // The first failure ends all other uploads.
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  const work = layers.map(async ({ id, descriptor }) => {
    try {
      await options.uploads.run(() => pushLayer(id, descriptor, target, parts, { ...options, signal }), {
        signal,
        onWait: () => options.onProgress({ id, status: "Waiting" }),
      });
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  });
  await span("push.layers", () => Promise.allSettled(work));
  if (failed.signal.aborted) throw failed.signal.reason;
  const { configDescriptor: config, manifest } = details;
  if (!hasConfig) {
    const open = (offset: number) => parts.content.open(config.digest, { offset });
    await repository.uploadBlob(config, { open }, signal);
  }
  const raw = await parts.content.read(manifest.digest);
  if (sha256(raw) !== manifest.digest) throw internal(`manifest ${manifest.digest} is damaged`);
  const { mediaType } = manifest;
  const digest = await repository.putManifest(reference.tag, { raw, mediaType }, signal);
  if (digest !== manifest.digest)
    throw internal(`the registry stored ${digest} where manifest ${manifest.digest} was sent`);
  return { mediaType, digest, size: raw.length };
}

/** Topmost first, as Docker shows them; a layer that occurs twice is sent once. */
function layersOf({ layers, config }: ImageDetails): { id: string; descriptor: Descriptor }[] {
  const byDigest = new Map<Digest, { id: string; descriptor: Descriptor }>();
  for (const [index, descriptor] of layers.entries()) {
    const id = shortDigest(config.rootfs.diff_ids[index] ?? descriptor.digest);
    byDigest.set(descriptor.digest, { id, descriptor });
  }
  return [...byDigest.values()].reverse();
}
