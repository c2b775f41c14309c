import { invalidArgument, messageOf, notFound, unauthorized } from "../../errors/engine-error.ts";
import type { Limiter } from "../../lib/limiter.ts";
import {
  familiarName,
  familiarReference,
  parseReference,
  type Reference,
  repositoryOf,
} from "../../oci/reference.ts";
import { noCredentials } from "../../registry/client/authorizer.ts";
import { missingLogin } from "../../registry/client/docker-words.ts";
import type { EngineContext } from "../context.ts";
import type { PushRequest } from "../services/images.ts";

/** `docker push`: one tag of a repository, or all there are. */
// trail: push
export async function pushImages(
  context: EngineContext,
  uploads: Limiter,
  request: PushRequest,
): Promise<void> {
  const asked = parseReference(request.reference);
  if (asked.digest !== undefined) throw invalidArgument("cannot push a digest reference");
  const { domain, path } = asked;
  const name = familiarName(asked);
  const { onProgress, signal } = request;
  onProgress({ status: `The push refers to repository [${repositoryOf(asked)}]` });
  const known = context.images.tagsOf(repositoryOf(asked));
  if (known.length === 0) throw notFound(`An image does not exist locally with the tag: ${name}`);
  const repository = context.openRepository({ domain, path }, request.credentials, "push");
  for (const tag of asked.tag === undefined ? known : [asked.tag]) {
    const target = { reference: { domain, path, tag }, repository };
    const options = { uploads, chunkSize: context.settings.uploadChunkSize, onProgress, signal };
    const { digest, size } = await inDockersWords(
      context.images.push(target, request.platform, options),
      asked,
    );
    onProgress({ status: `${tag}: digest: ${digest} size: ${size}` });
    onProgress({ status: "", aux: { Tag: tag, Digest: digest, Size: size } });
  }
  const labels = await labelsOf(context, request.reference);
  context.events.publish("image", "push", familiarReference(asked), { ...labels, name });
}

/** A missing login is said without the address of the request that was the first to need it. */
async function inDockersWords<T>(work: Promise<T>, asked: Reference): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!messageOf(error).endsWith(`: ${noCredentials}`)) throw error;
    throw missingLogin(unauthorized(noCredentials, error), asked);
  }
}

/** Events about an image carry its labels. */
async function labelsOf(context: EngineContext, name: string): Promise<Readonly<Record<string, string>>> {
  const image = await context.images.find(name).catch(() => undefined);
  return image?.config.config?.Labels ?? {};
}
