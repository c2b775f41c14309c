import { invalidArgument, isKind, messageOf } from "../../errors/engine-error.ts";
import { fits } from "../../images/find-image.ts";
import type { PulledImage } from "../../images/pull/pull-options.ts";
import type { Limiter } from "../../lib/limiter.ts";
import { log } from "../../lib/log.ts";
import { formatPlatform } from "../../oci/platform.ts";
import {
  familiarName,
  familiarReference,
  isNameOnly,
  parseReference,
  type Reference,
} from "../../oci/reference.ts";
import { pullRefusal } from "../../registry/client/docker-words.ts";
import type { RemoteRepository } from "../../registry/client/remote-repository.ts";
import { downloadRetries } from "../../registry/client/retry.ts";
import type { EngineContext } from "../context.ts";
import type { PullRequest } from "../services/images.ts";

/** `docker pull`: one tag or digest, or every tag of a repository. */
// trail: pull
export async function pullImages(
  context: EngineContext,
  downloads: Limiter,
  request: PullRequest,
): Promise<void> {
  const asked = parseReference(request.reference);
  const sources = context.pullSources(asked, request.credentials);
  const updated = await fromFirst(sources, asked, request.signal, async (repository) => {
    let any = false;
    for (const reference of await references(asked, repository, request.signal)) {
      const pulled = await pullOne(context, downloads, request, { reference, repository });
      any = any || pulled.updated;
    }
    return any;
  });
  const name = familiarReference(asked);
  const news = updated ? "Downloaded newer image for" : "Image is up to date for";
  request.onProgress({ status: `Status: ${news} ${name}` });
  await warnOfPlatform(context, request, name);
  context.events.publish("image", "pull", name, {
    ...(await labelsOf(context, name)),
    name: familiarName(asked),
  });
}

/** Mirrors before the registry itself: what the last one says is what counts. */
async function fromFirst<T>(
  sources: readonly RemoteRepository[],
  asked: Reference,
  signal: AbortSignal,
  pull: (repository: RemoteRepository) => Promise<T>,
): Promise<T> {
  for (const [index, repository] of sources.entries()) {
    try {
      return await pull(repository);
    } catch (error) {
      if (index === sources.length - 1 || signal.aborted) throw pullRefusal(error, asked);
      log.warn("a mirror did not give an image: trying the next place", { error: messageOf(error) });
    }
  }
  throw invalidArgument(`nowhere to pull ${JSON.stringify(familiarReference(asked))} from`);
}

/** Every tag, where neither tag nor digest is named. */
async function references(
  asked: Reference,
  repository: RemoteRepository,
  signal: AbortSignal,
): Promise<Reference[]> {
  if (!isNameOnly(asked)) return [asked];
  const all: Reference[] = [];
  // Read to the end before: listing and pulling beside each other would keep the list waiting.
  for await (const tag of repository.tags(signal)) all.push(parseReference(`${nameOf(asked)}:${tag}`));
  return all;
}

const nameOf = ({ domain, path }: Reference) => `${domain}/${path}`;

async function pullOne(
  context: EngineContext,
  downloads: Limiter,
  { platform, onProgress, signal }: PullRequest,
  target: { reference: Reference; repository: RemoteRepository },
): Promise<PulledImage> {
  const retries = { ...downloadRetries, attempts: context.settings.maxDownloadAttempts };
  const options = { platform, downloads, retries, onProgress, signal };
  try {
    return await context.images.pull(target, options);
  } catch (error) {
    throw pullRefusal(error, target.reference);
  }
}

/** An image that is of one platform only is taken as it is, with a word about it, as Docker does. */
async function warnOfPlatform(
  context: EngineContext,
  { platform, onProgress }: PullRequest,
  name: string,
): Promise<void> {
  if (!platform) return;
  const image = await context.images.find(name).catch(() => undefined);
  if (!image || fits(image.config, platform)) return;
  const wanted = formatPlatform(platform);
  onProgress({
    status: `WARNING: image with reference ${name} was found but does not provide the specified platform (${wanted})`,
  });
}

/** Events about an image carry its labels. */
async function labelsOf(context: EngineContext, name: string): Promise<Readonly<Record<string, string>>> {
  try {
    return (await context.images.find(name)).config.config?.Labels ?? {};
  } catch (error) {
    if (isKind(error, "not_found")) return {};
    throw error;
  }
}
