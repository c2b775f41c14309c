import { invalidArgument } from "../../errors/engine-error.ts";
import type { ImageDetails } from "../../images/image-catalog.ts";
import type { PushOptions, PushTarget } from "../../images/push/push-options.ts";
import { Limiter } from "../../lib/limiter.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import { hexOf } from "../../oci/digest.ts";
import { mediaTypes } from "../../oci/manifest.ts";
import { parseReference, type Reference, withDefaultTag } from "../../oci/reference.ts";
import { type OutputWork, platformOf } from "./output-work.ts";

/** Pushes an image of the store under all its tags. */
export async function pushStored(work: OutputWork): Promise<void> {
  for (const target of targetsOf(work)) await work.parts.images.push(target, undefined, pushOptions(work));
}

/** Sends images that are in no store, with an index where there are several platforms. */
export async function pushDirectly(work: OutputWork, index: Descriptor | undefined): Promise<undefined> {
  const { images, composer, scope } = work;
  const compressed: ImageDetails[] = [];
  for (const { details } of images)
    compressed.push(
      await composer.compressed(details, scope.signal, (diffId, current, total) =>
        scope.onProgress({ id: hexOf(diffId).slice(0, 12), status: "Preparing", current, total }),
      ),
    );
  for (const target of targetsOf(work)) {
    const [only] = compressed;
    if (!index && only) await composer.push(only, target, pushOptions(work));
    else await pushIndex(compressed, target, work);
  }
  return undefined;
}

/** Manifests by their digests first, then the index that names them, under the tag. */
async function pushIndex(
  images: readonly ImageDetails[],
  target: PushTarget,
  work: OutputWork,
): Promise<void> {
  const { repository, reference } = target;
  for (const image of images) {
    const byDigest = { ...reference, tag: image.manifest.digest };
    await work.composer.push(image, { repository, reference: byDigest }, pushOptions(work));
  }
  const mediaType = mediaTypes.ociIndex;
  const manifests = images.map(({ manifest, config }) => ({ ...manifest, platform: platformOf(config) }));
  const raw = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests }));
  await repository.putManifest(reference.tag, { raw, mediaType }, work.scope.signal);
}

function targetsOf({ request, parts }: OutputWork): PushTarget[] {
  if (request.tags.length === 0) throw invalidArgument("tag is needed when pushing to registry");
  return request.tags.map((text) => {
    const { domain, path, tag = "latest" }: Reference = withDefaultTag(parseReference(text));
    const repository = parts.openRepository({ domain, path }, request.credentials(domain), "push");
    return { reference: { domain, path, tag }, repository };
  });
}

export function pushOptions({ parts, scope }: Pick<OutputWork, "parts" | "scope">): PushOptions {
  return {
    uploads: new Limiter(() => parts.settings().maxConcurrentUploads),
    chunkSize: 0,
    onProgress: ({ id = "push", ...progress }) => scope.onProgress({ id, ...progress }),
    signal: scope.signal,
  };
}
