import { internal, invalidArgument } from "../../errors/engine-error.ts";
import { exportTrees, type NamedTree } from "../../images/export/export-tree.ts";
import { fits } from "../../images/find-image.ts";
import { span } from "../../lib/trace.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import { mediaTypes } from "../../oci/manifest.ts";
import { formatPlatform } from "../../oci/platform.ts";
import { formatReference, parseReference, withDefaultTag } from "../../oci/reference.ts";
import type { BuildOutput, BuildResult } from "../build-request.ts";
import { type OutputWork, platformOf } from "./output-work.ts";
import { pushDirectly, pushStored } from "./push-image.ts";

export async function writeOutputs(work: OutputWork): Promise<Omit<BuildResult, "failedChecks">> {
  const index = await indexOf(work);
  let imageId: string | undefined;
  for (const output of work.request.outputs) imageId = (await writeOutput(output, work, index)) ?? imageId;
  return { imageId, metadata: metadataOf(work, index) };
}

async function writeOutput(
  output: BuildOutput,
  work: OutputWork,
  index: Descriptor | undefined,
): Promise<string | undefined> {
  switch (output.kind) {
    case "image":
      return await storeImage(work, output.push);
    case "docker":
      if (index) throw invalidArgument("docker exporter does not currently support exporting manifest lists");
      return await writeArchive(work, undefined, output.open());
    case "oci":
      return await writeArchive(work, index, output.open());
    case "tar":
      return await writeFiles(work, output.open());
    case "registry":
      return await pushDirectly(work, index);
  }
  return output satisfies never;
}

/** One image for several platforms: an index over their manifests. */
async function indexOf({ images, composer }: OutputWork): Promise<Descriptor | undefined> {
  if (images.length < 2) return undefined;
  const manifests = images.map(({ details, solved }) => ({
    ...details.manifest,
    platform: platformOf(solved.plan.platform),
  }));
  const mediaType = mediaTypes.ociIndex;
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests }));
  return { mediaType, ...(await composer.put(bytes)) };
}

/** The store holds images, not indexes: of several platforms it gets the one this machine runs. */
async function storeImage(work: OutputWork, push: boolean): Promise<string> {
  const { images, request, scope, composer, parts } = work;
  const host = parts.platforms[0];
  const mine = images.find(({ solved }) => host && fits(solved.plan.platform, host)) ?? images[0];
  if (!mine) throw internal("a build without a result");
  if (images.length > 1) {
    const left = images
      .filter((image) => image !== mine)
      .map(({ solved }) => formatPlatform(solved.plan.platform));
    const text = `the image store keeps ${formatPlatform(mine.solved.plan.platform)}; for ${left.join(", ")} use an output of type oci or registry\n`;
    scope.onOutput(2, Buffer.from(text));
  }
  const id = await span("build.record", () => composer.record(mine.details, mine.layers, scope.signal));
  for (const tag of request.tags) {
    scope.onProgress({ id: tag, status: "naming" });
    await parts.images.tag(id, tag);
  }
  if (push) await (images.length > 1 ? pushDirectly(work, await indexOf(work)) : pushStored(work));
  return id;
}

async function writeArchive(
  { images, request, composer }: OutputWork,
  index: Descriptor | undefined,
  to: WritableStream<Uint8Array>,
): Promise<string | undefined> {
  const details = images.map((image) => image.details);
  const references = request.tags.map((tag) => withDefaultTag(parseReference(tag)));
  await composer.archive(details, references, index).pipeTo(to, { signal: request.signal });
  return details.length === 1 ? details[0]?.configDescriptor.digest : undefined;
}

/** The files of the result; for several platforms each in a directory of its own. */
async function writeFiles(
  { solved, request, parts }: OutputWork,
  to: WritableStream<Uint8Array>,
): Promise<undefined> {
  await using open = new AsyncDisposableStack();
  const trees: NamedTree[] = [];
  for (const { tree, plan } of solved.images) {
    const { path } = open.use(await parts.trees.open(tree));
    const name = solved.images.length > 1 ? formatPlatform(plan.platform).replaceAll("/", "_") : "";
    trees.push({ path, name });
  }
  await exportTrees(trees).pipeTo(to, { signal: request.signal });
  return undefined;
}

/** As `docker buildx build --metadata-file` writes it. */
function metadataOf({ images, request }: OutputWork, index: Descriptor | undefined): Record<string, unknown> {
  const [first] = images;
  if (!first) return {};
  const root = index ?? first.details.manifest;
  const names = request.tags.map((tag) => formatReference(withDefaultTag(parseReference(tag))));
  return {
    ...(!index && { "containerimage.config.digest": first.details.configDescriptor.digest }),
    "containerimage.descriptor": root,
    "containerimage.digest": root.digest,
    ...(names.length > 0 && { "image.name": names.join(",") }),
  };
}
