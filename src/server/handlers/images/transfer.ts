import type { ImageService } from "../../../engine/services/images.ts";
import { invalidArgument } from "../../../errors/engine-error.ts";
import { type Reply, streamReply } from "../../../http/reply.ts";
import type { ApiCall } from "../../api-call.ts";
import { jsonLines } from "../../json-lines.ts";
import { ProgressLines } from "../../progress-lines.ts";
import { parsePlatform } from "../../wire/platform.ts";

export async function postImagesLoad(call: ApiCall, images: ImageService): Promise<Reply> {
  const quiet = call.flag("quiet", true);
  const platform = call.atLeast("1.48") ? parsePlatform(call.text("platform")) : undefined;
  return jsonLines(call.request.id, async (send, signal) => {
    const lines = new ProgressLines(send);
    const loaded = await images.load(call.request.body, {
      onProgress: quiet ? () => {} : lines.add,
      ...(platform && { platform }),
      signal,
    });
    for (const { image, tags } of loaded) {
      for (const tag of tags) await send({ stream: `Loaded image: ${tag}\n` });
      if (tags.length === 0) await send({ stream: `Loaded image ID: ${image.id}\n` });
    }
  });
}

export async function getImagesGet(call: ApiCall, images: ImageService): Promise<Reply> {
  const name = call.request.path.endsWith("/images/get") ? undefined : call.param("name");
  const names = name === undefined ? call.list("names").flatMap((list) => list.split(",")) : [name];
  if (names.length === 0) throw invalidArgument("no images to save: names is empty");
  const platform = call.atLeast("1.48") ? parsePlatform(call.text("platform")) : undefined;
  return streamReply(200, await images.save(names, platform), { "Content-Type": "application/x-tar" });
}
