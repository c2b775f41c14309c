import type { EngineClient } from "../../../client/engine-client.ts";
import type { ImageSummary, OCIPlatform } from "../../../protocol/generated/types.ts";
import { type Filters, filtersQuery } from "../../flags/filter-flag.ts";
import { humanSize } from "../../format/human-size.ts";
import { imageTreeText, type TreeImage } from "../../format/image-tree.ts";
import { shortId } from "../../format/shorten.ts";
import { isTerminal, standardOutput, windowSize } from "../../terminal/tty.ts";

/** `images --tree`: what an image holds for each platform. */
export async function listImageTree(engine: EngineClient, all: boolean, filters: Filters): Promise<string> {
  const images = await engine.call("ImageList", {
    query: { all: all || undefined, filters: filtersQuery(filters), manifests: 1 },
  });
  const shown = images.filter(
    ({ RepoTags: tags, RepoDigests: digests }) =>
      all || (tags ?? []).length > 0 || (digests ?? []).length > 0,
  );
  const newestFirst = shown.toSorted((a, b) => b.Created - a.Created);
  const window = windowSize(standardOutput);
  return imageTreeText(newestFirst.map(treeImage), {
    columns: window?.columns ?? 0,
    isTerminal: isTerminal(standardOutput),
    colour: !process.env.NO_COLOR,
  });
}

function treeImage(image: ImageSummary): TreeImage {
  const manifests = image.Manifests ?? [];
  const platforms = manifests.flatMap(
    ({ ID: id, Available: isHere, Kind: kind, Size: size, ImageData: data }) =>
      kind !== "image" || !data
        ? []
        : [
            {
              id: shortId(id),
              platform: platformText(data.Platform),
              isHere,
              isUsed: (data.Containers ?? []).length > 0,
              diskUsage: humanSize(size.Total),
              contentSize: humanSize(size.Content),
            },
          ],
  );
  return {
    id: shortId(image.Id),
    names: image.RepoTags ?? [],
    isUsed: image.Containers > 0 || platforms.some(({ isUsed }) => isUsed),
    diskUsage: humanSize(image.Size),
    contentSize: humanSize(manifests.reduce((sum, { Size: size }) => sum + size.Content, 0)),
    platforms,
  };
}

function platformText(platform: OCIPlatform): string {
  return [platform?.os, platform?.architecture, platform?.variant].filter(Boolean).join("/");
}
