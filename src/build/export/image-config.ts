import type { ComposedLayer } from "../../images/compose/image-composer.ts";
import type { PackedLayer } from "../../images/compose/layer-packs.ts";
import type { StoredImage } from "../../images/stored-image.ts";
import type { ImageConfig, ImageHistory } from "../../oci/image-config.ts";
import type { ImagePlan } from "../plan/build-plan.ts";

/** A step's layer, packed, and when it was made. */
export interface NewLayer {
  readonly packed: PackedLayer;
  readonly snapshot?: string;
  readonly created: string | undefined;
}

export interface ConfigOptions {
  readonly epoch?: number;
  readonly squash: boolean;
  /** Further keys of the configuration. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/**
 * The configuration of a built image. Times are those of the steps that made the layers, also where
 * these came from the cache: a build in which nothing changed gives the same image again. A step that
 * changed no file has no layer, as with the classic builder.
 */
export function imageConfig(
  plan: ImagePlan,
  base: StoredImage | undefined,
  layers: readonly NewLayer[],
  options: ConfigOptions,
): ImageConfig {
  const history = datedHistory(plan, base, layers, options);
  const { os, architecture, variant } = plan.platform;
  const created = history.findLast((entry) => entry.created !== undefined)?.created;
  const diffIds = [
    ...(base?.config.rootfs.diff_ids ?? []),
    ...layers.filter(({ packed }) => !packed.isEmpty).map(({ packed }) => packed.diffId),
  ];
  return {
    architecture,
    ...(plan.author !== undefined && { author: plan.author }),
    config: plan.config,
    created: created ?? base?.created ?? timeText(options.epoch) ?? new Date().toISOString(),
    history,
    os,
    rootfs: { type: "layers", diff_ids: diffIds },
    ...(variant !== undefined && { variant }),
    ...options.extra,
  };
}

/** Layers of the image, lowest first. */
export function composedLayers(
  baseLayers: readonly ComposedLayer[],
  layers: readonly NewLayer[],
): ComposedLayer[] {
  return [
    ...baseLayers,
    ...layers
      .filter(({ packed }) => !packed.isEmpty)
      .map(({ packed: { diffId, descriptor }, snapshot }) => ({
        diffId,
        descriptor,
        ...(snapshot !== undefined && { snapshot }),
      })),
  ];
}

function datedHistory(
  plan: ImagePlan,
  base: StoredImage | undefined,
  layers: readonly NewLayer[],
  { epoch, squash }: ConfigOptions,
): ImageHistory[] {
  const inherited = base?.config.history?.length ?? 0;
  const steps = plan.history.filter(({ operation }) => operation).length;
  const isOneLayer = squash && layers.length <= 1;
  const pending = [...layers];
  const history: ImageHistory[] = [];
  // Layers no instruction speaks of: FROM a directory.
  if (!isOneLayer)
    while (pending.length > steps)
      history.push(entryOf({ created_by: "FROM context" }, pending.shift(), epoch));
  let last = base?.created;
  for (const [index, { operation, ...entry }] of plan.history.entries()) {
    const own = index < inherited;
    const layer = operation && !isOneLayer ? pending.shift() : undefined;
    const dated = own ? entry : entryOf(entry, layer, epoch);
    last = dated.created ?? last;
    history.push(
      !own && dated.created === undefined && last !== undefined ? { created: last, ...dated } : dated,
    );
  }
  if (isOneLayer && layers[0] && !layers[0].packed.isEmpty)
    history.push({ ...entryOf({ created_by: "" }, layers[0], epoch), comment: "merge of the layers built" });
  return withFirstTime(history, inherited);
}

function entryOf(entry: ImageHistory, layer: NewLayer | undefined, epoch: number | undefined): ImageHistory {
  const { empty_layer: _, created: planned, ...rest } = entry;
  const created = timeText(epoch) ?? planned ?? layer?.created;
  return {
    ...(created !== undefined && { created }),
    ...rest,
    ...((!layer || layer.packed.isEmpty) && { empty_layer: true }),
  };
}

/** What came before the first layer with a time has that time. */
function withFirstTime(history: readonly ImageHistory[], inherited: number): ImageHistory[] {
  const first = history.find((entry, index) => index >= inherited && entry.created !== undefined)?.created;
  return history.map((entry, index) =>
    index < inherited || entry.created !== undefined || first === undefined
      ? entry
      : { created: first, ...entry },
  );
}

export function timeText(epoch: number | undefined): string | undefined {
  return epoch === undefined ? undefined : new Date(epoch * 1000).toISOString().replace(".000Z", "Z");
}
