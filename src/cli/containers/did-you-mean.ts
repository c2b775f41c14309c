import type { EngineClient } from "../../client/engine-client.ts";
import { EngineAnswer, isKind, messageOf } from "../../errors/engine-error.ts";
import { nearest } from "../../lib/nearest.ts";

/**
 * A line for under an engine's "No such container" or "No such image": the name that was
 * probably meant, out of the engine's own lists. Empty where there is none, and where the
 * engine does not tell.
 */
export async function didYouMean(engine: EngineClient, error: unknown): Promise<string> {
  if (!(error instanceof EngineAnswer) || !isKind(error, "not_found")) return "";
  const message = messageOf(error);
  const container = /No such container: (\S+)/.exec(message)?.[1];
  const image = /No such image: (\S+)/.exec(message)?.[1];
  try {
    if (container !== undefined) return hint(container, await containerNames(engine));
    if (image !== undefined) return hint(image.replace(/:latest$/, ""), await imageNames(engine));
  } catch {
    // The first error is the one to tell.
  }
  return "";
}

/** The same for an image that could not be pulled: it may be here under a name like that. */
export async function imageHint(engine: EngineClient, name: string): Promise<string> {
  try {
    return hint(name, await imageNames(engine));
  } catch {
    return "";
  }
}

function hint(wanted: string, names: readonly string[]): string {
  const near = nearest(wanted, names);
  return near === undefined || near === wanted ? "" : `Did you mean '${near}'?\n`;
}

async function containerNames(engine: EngineClient): Promise<string[]> {
  const containers = await engine.call("ContainerList", { query: { all: true } });
  return containers.flatMap(({ Names: names }) => (names ?? []).map((name) => name.replace(/^\//, "")));
}

/** With their tags, and without for those tagged latest. */
async function imageNames(engine: EngineClient): Promise<string[]> {
  const images = await engine.call("ImageList");
  return images
    .flatMap(({ RepoTags: tags }) => tags ?? [])
    .flatMap((tag) => (tag.endsWith(":latest") ? [tag.slice(0, -":latest".length)] : [tag]));
}
