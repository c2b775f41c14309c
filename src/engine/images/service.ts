import { invalidArgument, isKind } from "../../errors/engine-error.ts";
import type { LayerUsage } from "../../images/stored-bytes.ts";
import { contentSize, type StoredImage } from "../../images/stored-image.ts";
import { Limiter } from "../../lib/limiter.ts";
import { millisecondsOf, now } from "../../lib/timestamp.ts";
import type { Digest } from "../../oci/digest.ts";
import { hostPlatform, type Platform } from "../../oci/platform.ts";
import type { EngineContext } from "../context.ts";
import { download } from "../download.ts";
import type { Filters } from "../filters.ts";
import { parsePruneFilters } from "../prune-filters.ts";
import type { ImageListQuery, ImageService, ImageView, ImportRequest } from "../services/images.ts";
import { applyChanges } from "./apply-changes.ts";
import { inspectDistribution } from "./distribution.ts";
import { selectImages } from "./list-filters.ts";
import { pullImages } from "./pull.ts";
import { pushImages } from "./push.ts";
import { searchImages } from "./search.ts";

// trail: image load
export function imageService(context: EngineContext): ImageService {
  const downloads = new Limiter(() => context.settings.maxConcurrentDownloads);
  const uploads = new Limiter(() => context.settings.maxConcurrentUploads);
  return {
    list: (query) => listImages(context, query),
    inspect: async (name, { platform, manifests } = {}) => {
      const image = await context.images.find(name, platform);
      const view = viewImage(context, image, { sharedSize: false, manifests: manifests ?? false }, undefined);
      return { ...view, layerDirectories: await layerDirectories(context, image) };
    },
    history: (name, platform) => imageHistory(context, name, platform),
    tag: async (name, repository, tag) => {
      const image = await context.images.find(name);
      const reference = tag === "" ? repository : `${repository}:${tag}`;
      await context.images.tag(image.id, reference);
      publish(context, "tag", image.id, reference);
    },
    remove: (name, options) => removeImage(context, name, options),
    load: async (archive, options) => {
      const loaded = await context.images.load(archive, options);
      for (const { image } of loaded) publish(context, "load", image.id, image.id);
      return loaded;
    },
    save: async (names, platform) => {
      const archive = await context.images.save(names, platform);
      for (const name of names) {
        const image = await context.images.find(name, platform).catch(() => undefined);
        if (image) publish(context, "save", image.id, image.id);
      }
      return archive;
    },
    pull: (request) => pullImages(context, downloads, request),
    push: (request) => pushImages(context, uploads, request),
    search: (request) => searchImages(context, request),
    distribution: (reference, credentials, signal) =>
      inspectDistribution(context, reference, credentials, signal),
    import: (request) => importImage(context, request),
    prune: (filters) => pruneImages(context, filters),
  };
}

function publish(context: EngineContext, action: string, id: string, name: string): void {
  context.events.publish("image", action, id, { name });
}

async function listImages(context: EngineContext, query: ImageListQuery): Promise<ImageView[]> {
  const images = await context.images.list();
  const chosen = await selectImages(images, query, (name) => context.images.find(name));
  const usage = query.sharedSize ? await context.images.usage() : undefined;
  return chosen.map((image) => viewImage(context, image, query, usage));
}

async function layerDirectories(context: EngineContext, image: StoredImage): Promise<string[]> {
  const directories: string[] = [];
  for (let layer: string | undefined = image.chainId; layer !== undefined; ) {
    const found = await context.snapshots.stat(layer);
    if (!found) break;
    directories.push(await context.snapshots.layerDirectory(layer));
    layer = found.parent;
  }
  return directories;
}

function viewImage(
  context: EngineContext,
  image: StoredImage,
  query: Pick<ImageListQuery, "sharedSize" | "manifests">,
  usage: LayerUsage | undefined,
): ImageView {
  const holders = query.sharedSize || query.manifests ? holdersOf(context, image.id) : undefined;
  return {
    image,
    containers: holders?.length ?? -1,
    sharedSize: usage?.images.get(image.id)?.unpacked.shared ?? -1,
    ...(query.manifests && {
      storedSize: image.size + contentSize(image),
      holders: (holders ?? []).map(({ id }) => id),
    }),
  };
}

/** Containers that stand on an image, for refusing its removal. */
export function holdersOf(context: EngineContext, id: Digest) {
  return context.containers
    .all()
    .filter((container) => container.record.image === id)
    .map((container) => ({ id: container.id, name: container.record.name, running: container.isRunning }));
}

async function imageHistory(context: EngineContext, name: string, platform: Platform | undefined) {
  const image = await context.images.find(name, platform);
  const sizes = await context.images.layerSizes(image);
  let layer = 0;
  const rows = (image.config.history ?? []).map((step) => ({
    id: "<missing>",
    created: step.created ? Math.floor(millisecondsOf(step.created) / 1000) : 0,
    createdBy: step.created_by ?? "",
    tags: [] as readonly string[],
    size: step.empty_layer ? 0 : (sizes[layer++] ?? 0),
    comment: step.comment ?? "",
  }));
  rows.reverse();
  // The newest step is the image; each one before it is its parent, as far as these are known here.
  let step: StoredImage | undefined = image;
  for (let row = 0; step && row < rows.length; row++) {
    const { id, tags, parent }: StoredImage = step;
    rows[row] = { ...(rows[row] as (typeof rows)[number]), id, tags };
    step = parent === undefined ? undefined : await context.images.get(parent);
  }
  return rows;
}

async function removeImage(
  context: EngineContext,
  name: string,
  options: { force: boolean; prune: boolean },
) {
  const image = await context.images.find(name);
  const steps = await context.images.remove(name, { ...options, usedBy: (id) => holdersOf(context, id) });
  for (const step of steps) {
    if (step.untagged) publish(context, "untag", image.id, image.id);
    if (step.deleted) publish(context, "delete", step.deleted, step.deleted);
  }
  return steps;
}

async function importImage(context: EngineContext, request: ImportRequest): Promise<Digest> {
  const layer =
    request.source === "-" ? request.body : await download("import from", request.source, request.signal);
  if (!layer) throw invalidArgument("no tar to import in the request body");
  const runConfig = applyChanges({}, request.changes);
  const created = now();
  const image = await context.images.create(
    {
      layer,
      runConfig,
      platform: request.platform ?? hostPlatform(),
      comment: request.message || `Imported from ${request.source}`,
      history: { created, comment: request.message || `Imported from ${request.source}` },
    },
    request.signal,
  );
  if (request.reference) await context.images.tag(image.id, request.reference);
  publish(context, "import", image.id, image.id);
  return image.id;
}

async function pruneImages(context: EngineContext, filters: Filters) {
  const filter = parsePruneFilters("image", filters);
  const before = (await context.images.usage()).stored;
  const deleted = [];
  for (const image of await context.images.list()) {
    if (holdersOf(context, image.id).length > 0) continue;
    if (filter.danglingOnly && image.tags.length + image.repoDigests.length > 0) continue;
    if (
      !filter.matches({
        created: image.lastTagged ?? image.created,
        labels: image.config.config?.Labels ?? {},
      })
    )
      continue;
    for (const name of image.tags.length > 0 ? image.tags : [image.id]) {
      try {
        deleted.push(...(await removeImage(context, name, { force: false, prune: true })));
      } catch (error) {
        // Something began to use it, or it has children: prune passes over it.
        if (!isKind(error, "conflict") && !isKind(error, "not_found")) throw error;
      }
    }
  }
  const spaceReclaimed = Math.max(0, before - (await context.images.usage()).stored);
  context.events.publish("image", "prune", "", { reclaimed: String(spaceReclaimed) });
  return { deleted, spaceReclaimed };
}
