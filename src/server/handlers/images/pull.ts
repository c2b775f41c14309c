import type { ImageService } from "../../../engine/services/images.ts";
import { invalidArgument } from "../../../errors/engine-error.ts";
import { jsonReply, type Reply } from "../../../http/reply.ts";
import { formatReference, parseReference, repositoryOf } from "../../../oci/reference.ts";
import type { ApiCall } from "../../api-call.ts";
import { lateJsonLines } from "../../json-lines.ts";
import { ProgressLines } from "../../progress-lines.ts";
import { referenceOf } from "../../wire/image-reference.ts";
import { parsePlatform } from "../../wire/platform.ts";
import { registryCredentials } from "../../wire/registry-credentials.ts";

/** `docker pull` with `fromImage`, `docker import` with `fromSrc`. */
// trail: pull
export async function postImagesCreate(call: ApiCall, images: ImageService): Promise<Reply> {
  const fromImage = call.text("fromImage");
  if (fromImage !== undefined) return await pull(call, images, fromImage);
  const source = call.text("fromSrc");
  if (source === undefined) throw invalidArgument("one of fromImage and fromSrc is needed");
  const id = await images.import({
    source,
    body: source === "-" ? call.request.body : undefined,
    reference: referenceOf(call.text("repo"), call.text("tag")),
    message: call.text("message") ?? "",
    changes: call.list("changes"),
    platform: parsePlatform(call.text("platform")),
    signal: call.request.signal,
  });
  return jsonReply(200, { status: id });
}

/** `tag` may be a digest, and counts more than what the name has. */
function withTag(name: string, tag: string | undefined): string {
  const asked = parseReference(name);
  if (tag === undefined) return formatReference(asked);
  return formatReference(parseReference(`${repositoryOf(asked)}${tag.includes(":") ? "@" : ":"}${tag}`));
}

async function pull(call: ApiCall, images: ImageService, fromImage: string): Promise<Reply> {
  const reference = withTag(fromImage, call.text("tag"));
  const platform = parsePlatform(call.text("platform"));
  const credentials = registryCredentials(call.request.headers.get("x-registry-auth"));
  return await lateJsonLines(call.request, async (send, signal) => {
    const lines = new ProgressLines(send);
    await images.pull({ reference, platform, credentials, signal, onProgress: lines.add });
    await lines.sent();
  });
}
