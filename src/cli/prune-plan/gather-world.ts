import type { EngineClient } from "../../client/engine-client.ts";
import { isKind } from "../../errors/engine-error.ts";
import type { BuildCache, ImageSummary } from "../../protocol/generated/types.ts";
import type { PrunableCache, PrunableContainer, PrunableImage, PruneWorld } from "./plan.ts";

/** Everything a prune would look at, asked of the engine without changing anything. */
export async function gatherWorld(engine: EngineClient, withTimes: boolean): Promise<PruneWorld> {
  const [usage, containers, networks] = await Promise.all([
    engine.call("SystemDataUsage"),
    engine.call("ContainerList", { query: { all: true, size: true } }),
    engine.call("NetworkList"),
  ]);
  // Intermediate images are not in the disk usage of all engines.
  const images = await engine.call("ImageList", { query: { all: true, "shared-size": true } });
  const sizes = new Map((usage.Images ?? []).map((image) => [image.Id, image]));
  return {
    containers: containers.map(
      (one): PrunableContainer => ({
        name: one.Names?.[0]?.replace(/^\//, "") ?? "",
        id: one.Id ?? "",
        labels: one.Labels ?? {},
        created: isoOf(one.Created ?? 0),
        state: one.State ?? "",
        image: one.ImageID ?? "",
        size: one.SizeRw ?? 0,
        networks: Object.entries(one.NetworkSettings?.Networks ?? {}).flatMap(([name, { NetworkID: id }]) => [
          name,
          id ?? "",
        ]),
        volumes: (one.Mounts ?? []).flatMap(({ Type: type, Name: name }) =>
          type === "volume" && name ? [name] : [],
        ),
      }),
    ),
    networks: networks.map((one) => ({
      name: one.Name ?? "",
      id: one.Id ?? "",
      labels: one.Labels ?? {},
      created: one.Created ?? "",
      predefined:
        ["bridge", "host", "none"].includes(one.Name ?? "") || Boolean(one.ConfigOnly || one.Ingress),
    })),
    volumes: (usage.Volumes ?? []).map((one) => ({
      name: one.Name,
      id: one.Name,
      labels: one.Labels ?? {},
      created: one.CreatedAt ?? "",
      anonymous: "com.docker.volume.anonymous" in (one.Labels ?? {}),
      size: one.UsageData?.Size ?? 0,
    })),
    images: (
      await Promise.all(
        images.map((image) => prunableImage(engine, image, sizes.get(image.Id) ?? image, withTimes)),
      )
    ).filter((image) => image !== undefined),
    cache: (usage.BuildCache ?? []).map(prunableCache),
  };
}

const isoOf = (seconds: number) => new Date(seconds * 1000).toISOString();

async function prunableImage(
  engine: EngineClient,
  image: ImageSummary,
  sized: ImageSummary,
  withTimes: boolean,
): Promise<PrunableImage | undefined> {
  try {
    const params = { name: image.Id };
    const [details, history] = await Promise.all([
      engine.call("ImageInspect", { params }),
      engine.call("ImageHistory", { params }),
    ]);
    return {
      id: image.Id,
      tags: (image.RepoTags ?? []).filter((tag) => tag !== "<none>:<none>"),
      digests: (image.RepoDigests ?? []).filter((digest) => !digest.startsWith("<none>@")),
      parent: image.ParentId ?? "",
      labels: image.Labels ?? {},
      created: withTimes ? (createdOf(details.Metadata?.LastTagTime, details.Created) ?? "") : "",
      unique: Math.max(0, sized.Size - Math.max(0, sized.SharedSize)),
      layers: layersOf(details.RootFS?.Layers ?? [], history.map(({ Size: size }) => size).reverse()),
    };
  } catch (error) {
    // It went away in the meantime.
    if (isKind(error, "not_found")) return undefined;
    throw error;
  }
}

/** Engines count from the last time an image was tagged, as far as they know it. */
function createdOf(
  tagged: string | null | undefined,
  created: string | null | undefined,
): string | undefined {
  return tagged && !tagged.startsWith("0001-") ? tagged : (created ?? undefined);
}

/** A history has steps without a layer, whose size is zero; an empty layer cannot be told from them, nor weighs it. */
function layersOf(diffIds: readonly string[], sizes: readonly number[]): PrunableImage["layers"] {
  const filled = sizes.filter((size) => size > 0);
  const known = sizes.length === diffIds.length ? sizes : filled.length === diffIds.length ? filled : [];
  return diffIds.map((_, index) => ({
    chain: diffIds.slice(0, index + 1).join(" "),
    size: known[index] ?? 0,
  }));
}

function prunableCache(record: BuildCache): PrunableCache {
  return {
    id: record.ID ?? "",
    description: record.Description ?? "",
    type: record.Type ?? "",
    size: record.Size ?? 0,
    inUse: Boolean(record.InUse),
    shared: Boolean(record.Shared),
    parents: record.Parents ?? [],
    lastUsed: record.LastUsedAt ?? record.CreatedAt ?? "",
  };
}
