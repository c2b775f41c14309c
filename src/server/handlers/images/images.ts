import type { ImageService } from "../../../engine/services/images.ts";
import { invalidArgument, notImplemented } from "../../../errors/engine-error.ts";
import { emptyReply, jsonReply, type Reply } from "../../../http/reply.ts";
import { checkFilterNames, parseFilters } from "../../../protocol/filters.ts";
import type { ApiCall } from "../../api-call.ts";
import { inspectImage, summarizeImage } from "../../wire/image.ts";
import { parsePlatform } from "../../wire/platform.ts";

const imageFilters = ["before", "dangling", "label", "label!", "reference", "since", "until"];

export async function getImagesJson(call: ApiCall, images: ImageService): Promise<Reply> {
  const filters = new Map(parseFilters(call.request.query.get("filters")));
  checkFilterNames(filters, imageFilters);
  // Until 1.40 a plain `filter` was the reference.
  const legacy = call.atLeast("1.41") ? undefined : call.text("filter");
  if (legacy !== undefined) filters.set("reference", [...(filters.get("reference") ?? []), legacy]);
  const views = await images.list({
    all: call.flag("all"),
    filters,
    sharedSize: call.atLeast("1.42") && call.flag("shared-size"),
    manifests: call.atLeast("1.47") && call.flag("manifests"),
  });
  return jsonReply(
    200,
    views.map((view) => summarizeImage(view, call.version)),
  );
}

/** Asking for one platform of an image came with these versions. */
function platformOf(call: ApiCall, since: "1.48" | "1.49" | "1.50") {
  return call.atLeast(since) ? parsePlatform(call.text("platform")) : undefined;
}

export async function getImagesByName(call: ApiCall, images: ImageService): Promise<Reply> {
  const platform = platformOf(call, "1.49");
  const manifests = call.atLeast("1.48") && call.flag("manifests");
  if (manifests && platform) {
    throw invalidArgument("conflicting options: manifests and platform options cannot both be set");
  }
  const view = await images.inspect(call.param("name"), { manifests, ...(platform && { platform }) });
  return jsonReply(200, inspectImage(view, readsContainerConfig(call) ? "1.44" : call.version));
}

/**
 * docker-compose 1 asks in the newest version the engine has, and fails where a field is missing
 * that went away with 1.45: it gets the image as it was before.
 */
function readsContainerConfig(call: ApiCall): boolean {
  return call.atLeast("1.45") && /^docker-compose\/1\./.test(call.request.headers.get("user-agent") ?? "");
}

export async function getImagesHistory(call: ApiCall, images: ImageService): Promise<Reply> {
  const steps = await images.history(call.param("name"), platformOf(call, "1.48"));
  return jsonReply(
    200,
    steps.map((step) => ({
      Id: step.id,
      Created: step.created,
      CreatedBy: step.createdBy,
      Tags: [...step.tags],
      Size: step.size,
      Comment: step.comment,
    })),
  );
}

export async function postImagesTag(call: ApiCall, images: ImageService): Promise<Reply> {
  await images.tag(call.param("name"), call.text("repo") ?? "", call.text("tag") ?? "");
  return emptyReply(201);
}

export async function deleteImages(call: ApiCall, images: ImageService): Promise<Reply> {
  if (call.atLeast("1.50") && call.list("platforms").length > 0) {
    throw notImplemented("removing single platforms of an image is not supported");
  }
  const steps = await images.remove(call.param("name"), {
    force: call.flag("force"),
    prune: !call.flag("noprune"),
  });
  return jsonReply(200, steps.map(wireStep));
}

export async function postImagesPrune(call: ApiCall, images: ImageService): Promise<Reply> {
  const report = await images.prune(call.filters(["dangling", "label", "label!", "until"]));
  return jsonReply(200, {
    ImagesDeleted: report.deleted.length === 0 ? null : report.deleted.map(wireStep),
    SpaceReclaimed: report.spaceReclaimed,
  });
}

type RemovalStep = Awaited<ReturnType<ImageService["remove"]>>[number];

function wireStep(step: RemovalStep): { Untagged?: string; Deleted?: string } {
  return {
    ...(step.untagged !== undefined && { Untagged: step.untagged }),
    ...(step.deleted !== undefined && { Deleted: step.deleted }),
  };
}
