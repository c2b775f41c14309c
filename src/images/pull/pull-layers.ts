import { cancelled, EngineError, internal } from "../../errors/engine-error.ts";
import { failpoint } from "../../lib/failpoint.ts";
import { span } from "../../lib/trace.ts";
import { chainIds } from "../../oci/chain-id.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import type { Digest } from "../../oci/digest.ts";
import type { RemoteRepository } from "../../registry/client/remote-repository.ts";
import { unlessAborted } from "../../registry/client/unless-aborted.ts";
import { type Download, isWorthKeeping } from "./blob-downloads.ts";
import { StaleDownload } from "./download-blob.ts";
import { LayerProgress } from "./layer-progress.ts";
import type { PullOptions } from "./pull-options.ts";
import type { PullParts } from "./pull-parts.ts";

interface Layer {
  readonly descriptor: Descriptor;
  readonly diffId: Digest;
  readonly chainId: Digest;
  readonly parent: Digest | undefined;
  readonly isStored: boolean;
  readonly isUnpacked: boolean;
  readonly progress: LayerProgress;
}

/**
 * Brings the layers of an image here: all are downloaded at once, as far as the limit of
 * downloads lets them, and each is unpacked while it arrives, as soon as the one below it is
 * there. Blobs become visible when all of it went well.
 *
 *   download 1 ━━━━━━━┓            every download goes into a file, and whoever
 *   unpack 1      ━━━━━━┓          unpacks reads along in it: a download never
 *   download 2 ━━━━━━━━━╋━━┓       waits for an unpacking, and memory does not
 *   unpack 2            ┗━━━━━     grow with what is in between
 */
// trail: pull
export async function pullLayers(
  descriptors: readonly Descriptor[],
  diffIds: readonly Digest[],
  repository: RemoteRepository,
  parts: PullParts,
  options: PullOptions,
): Promise<void> {
  const layers = await look(descriptors, diffIds, parts, options);
  await checkRoom(layers, parts);
  for (const layer of layers) {
    layer.progress.say(layer.isStored && layer.isUnpacked ? "Already exists" : "Pulling fs layer");
  }
  // The first failure ends all other work.
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  const downloads = new Set<Download>();
  const errors: unknown[] = [];
  const steps: Promise<boolean>[] = [];
  for (const layer of layers) {
    const below = steps.at(-1) ?? Promise.resolve(true);
    const step = bringLayer(layer, below, repository, parts, { ...options, signal }, downloads);
    steps.push(
      step.catch((error: unknown) => {
        errors.push(error);
        failed.abort(error);
        return false;
      }),
    );
  }
  await span("pull.layers", () => Promise.all(steps));
  try {
    if (errors.length > 0) throw theError(errors, options.signal);
    await failpoint("pull.commit");
    for (const download of downloads) await download.commit();
  } finally {
    const keep = errors.every(isWorthKeeping);
    await Promise.all([...downloads].map((download) => download.leave(keep)));
  }
}

async function look(
  descriptors: readonly Descriptor[],
  diffIds: readonly Digest[],
  { content, snapshots }: PullParts,
  { onProgress }: PullOptions,
): Promise<Layer[]> {
  const chain = chainIds(diffIds);
  const layers: Layer[] = [];
  for (const [index, descriptor] of descriptors.entries()) {
    const chainId = chain[index];
    const diffId = diffIds[index];
    if (chainId === undefined || diffId === undefined) break;
    layers.push({
      descriptor,
      diffId,
      chainId,
      parent: chain[index - 1],
      isStored: (await content.stat(descriptor.digest))?.size === descriptor.size,
      isUnpacked: (await snapshots.stat(chainId)) !== undefined,
      progress: new LayerProgress(descriptor, onProgress),
    });
  }
  return layers;
}

/** What is known not to fit is not begun: a manifest may name any size. */
async function checkRoom(layers: readonly Layer[], { content }: PullParts): Promise<void> {
  const missing = layers.filter(({ isStored }) => !isStored);
  const needed = missing.reduce((sum, { descriptor }) => sum + descriptor.size, 0);
  const free = await content.freeBytes();
  if (needed <= free) return;
  throw internal(`not enough disk space: the image's layers need ${needed} bytes, ${free} bytes are free`);
}

/** False when it was left to its fate because the one below it failed. */
async function bringLayer(
  layer: Layer,
  below: Promise<boolean>,
  repository: RemoteRepository,
  parts: PullParts,
  options: PullOptions,
  downloads: Set<Download>,
): Promise<boolean> {
  const { descriptor, progress } = layer;
  if (layer.isStored) {
    if (!layer.isUnpacked) progress.isHere();
    const isThere = await unpackWhenReady(layer, undefined, below, parts, options);
    if (isThere && !layer.isUnpacked) progress.say("Pull complete");
    return isThere;
  }
  for (let isSecond = false; ; isSecond = true) {
    const download = parts.downloads.join(descriptor, repository, options, (phase) =>
      progress.download(phase),
    );
    downloads.add(download);
    try {
      const isThere = await arrived(layer, download, below, parts, options);
      if (isThere) progress.say("Pull complete");
      return isThere;
    } catch (error) {
      if (!(error instanceof StaleDownload) || isSecond) throw error;
      // The damaged rest of an earlier attempt goes: from the beginning, once.
      downloads.delete(download);
      await download.leave(false);
    }
  }
}

async function arrived(
  layer: Layer,
  download: Download,
  below: Promise<boolean>,
  parts: PullParts,
  options: PullOptions,
): Promise<boolean> {
  const whole = unlessAborted(download.whole, options.signal);
  const unpacked = unpackWhenReady(layer, download, below, parts, options).catch(async (error: unknown) => {
    // Why the download failed says more than that the unpacking missed its bytes.
    if (isConsequence(error)) await whole;
    else if (download.isResumed()) throw new StaleDownload(error);
    throw error;
  });
  const [, isThere] = await Promise.all([whole, unpacked]).finally(() => unpacked.catch(() => {}));
  return isThere;
}

async function unpackWhenReady(
  layer: Layer,
  download: Download | undefined,
  below: Promise<boolean>,
  { unpacks }: PullParts,
  { signal }: PullOptions,
): Promise<boolean> {
  if (!(await below)) return false;
  if (layer.isUnpacked) return true;
  const { descriptor, diffId, chainId, parent, progress } = layer;
  const wish = { blob: descriptor.digest, diffId, chainId, parent, download };
  await unpacks.unpack(wish, (used) => progress.unpacked(used), signal);
  return true;
}

/** The one that caused the others. */
function theError(errors: readonly unknown[], signal: AbortSignal): unknown {
  if (signal.aborted) return cancelled("context canceled", signal.reason);
  return errors.find((error) => !isConsequence(error)) ?? errors[0];
}

function isConsequence(error: unknown): boolean {
  return error instanceof EngineError && error.kind === "cancelled";
}
