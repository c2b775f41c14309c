import { notFound } from "../../errors/engine-error.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import { isIndexType } from "../../oci/manifest.ts";
import { formatPlatform, hostPlatform, type Platform } from "../../oci/platform.ts";

/**
 * The entry of an index that fits a platform best; the first one among equals. One that names
 * no platform fits any, an index in the index is looked into when nothing else fits.
 */
export function chooseManifest(entries: readonly Descriptor[], wanted: Platform | undefined): Descriptor {
  const target = wanted ?? hostPlatform();
  const ranked = entries
    .map((entry) => ({ entry, rank: rankOf(entry, target) }))
    .filter((one): one is { entry: Descriptor; rank: number } => one.rank !== undefined)
    .sort((a, b) => a.rank - b.rank);
  const [best] = ranked;
  if (best) return best.entry;
  throw notFound(`no matching manifest for ${formatPlatform(target)} in the manifest list entries`);
}

const ofNoPlatform = 100;
const nested = 200;

/** Lower is better; undefined does not fit at all. */
function rankOf({ platform, mediaType }: Descriptor, target: Platform): number | undefined {
  if (!platform) return isIndexType(mediaType) ? nested : ofNoPlatform;
  if (platform.os !== target.os || platform.architecture !== target.architecture) return undefined;
  const has = variantOf(platform);
  const wants = variantOf(target);
  if (has === wants) return isIndexType(mediaType) ? nested : 0;
  // A machine runs what was made for its older relatives too.
  const [hasNumber, wantsNumber] = [numberOf(has), numberOf(wants)];
  if (hasNumber === undefined || wantsNumber === undefined || hasNumber > wantsNumber) return undefined;
  return wantsNumber - hasNumber;
}

/** What the absence of a variant stands for. */
const usualVariants: Readonly<Record<string, string>> = { amd64: "v1", arm: "v7", arm64: "v8" };

function variantOf({ architecture, variant }: Platform): string {
  return variant || (usualVariants[architecture] ?? "");
}

function numberOf(variant: string): number | undefined {
  return /^v\d+$/.test(variant) ? Number(variant.slice(1)) : undefined;
}
