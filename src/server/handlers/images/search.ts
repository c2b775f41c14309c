import type { ImageService } from "../../../engine/services/images.ts";
import { invalidArgument } from "../../../errors/engine-error.ts";
import { jsonReply, type Reply } from "../../../http/reply.ts";
import type { ApiCall } from "../../api-call.ts";
import { registryCredentials } from "../../wire/registry-credentials.ts";

export async function getImagesSearch(call: ApiCall, images: ImageService): Promise<Reply> {
  const found = await images.search({
    term: call.text("term") ?? "",
    limit: parseLimit(call.text("limit")),
    filters: call.filters(["is-automated", "is-official", "stars"]),
    credentials: registryCredentials(call.request.headers.get("x-registry-auth")),
    signal: call.request.signal,
  });
  return jsonReply(
    200,
    found.map(({ name, description, starCount, isOfficial }) => ({
      star_count: starCount,
      is_official: isOfficial,
      name,
      is_automated: false,
      description,
    })),
  );
}

function parseLimit(text: string | undefined): number {
  if (text === undefined) return 0;
  if (/^\d+$/.test(text)) return Number(text);
  throw invalidArgument(
    `invalid limit specified: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`,
  );
}

export async function getDistribution(call: ApiCall, images: ImageService): Promise<Reply> {
  const credentials = registryCredentials(call.request.headers.get("x-registry-auth"));
  const view = await images.distribution(call.param("name"), credentials, call.request.signal);
  const { mediaType, digest, size } = view.descriptor;
  return jsonReply(200, {
    Descriptor: { mediaType, digest, size },
    Platforms: view.platforms.length > 0 ? view.platforms : null,
  });
}
