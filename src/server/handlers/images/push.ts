import type { ImageService } from "../../../engine/services/images.ts";
import type { Reply } from "../../../http/reply.ts";
import { parseReference } from "../../../oci/reference.ts";
import type { ApiCall } from "../../api-call.ts";
import { jsonLines } from "../../json-lines.ts";
import { ProgressLines } from "../../progress-lines.ts";
import { referenceOf } from "../../wire/image-reference.ts";
import { parsePlatform } from "../../wire/platform.ts";
import { registryCredentials } from "../../wire/registry-credentials.ts";

// trail: push
export async function postImagesPush(call: ApiCall, images: ImageService): Promise<Reply> {
  const name = call.param("name");
  const reference = referenceOf(name, call.text("tag")) ?? name;
  parseReference(reference);
  const credentials = registryCredentials(call.request.headers.get("x-registry-auth"));
  const platform = call.atLeast("1.46") ? parsePlatform(call.text("platform")) : undefined;
  return jsonLines(call.request.id, async (send, signal) => {
    const lines = new ProgressLines(send);
    await images.push({ reference, platform, credentials, signal, onProgress: lines.add });
    await lines.sent();
  });
}
