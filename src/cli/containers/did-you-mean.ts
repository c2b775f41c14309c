import type { EngineClient } from "../../client/engine-client.ts";
import { EngineAnswer, isKind, messageOf } from "../../errors/engine-error.ts";
import { nearest } from "../../lib/nearest.ts";

/** How engines say that there is none of a name, and where the names of its kind are. */
const missing: readonly (readonly [words: RegExp, names: (engine: EngineClient) => Promise<string[]>])[] = [
  [/No such container: (\S+)/, containerNames],
  [/No such image: (\S+?)(?::latest)?$/, imageNames],
  [/network (\S+) not found/, networkNames],
  [/get (\S+): no such volume/, volumeNames],
];

/**
 * A line for under an engine's "No such container" and the like: the name that was probably
 * meant, out of the engine's own lists. Empty where there is none, and where the engine does
 * not tell.
 */
export async function didYouMean(engine: EngineClient, error: unknown): Promise<string> {
  if (!(error instanceof EngineAnswer) || !isKind(error, "not_found")) return "";
  const message = messageOf(error);
  try {
    for (const [words, names] of missing) {
      const wanted = words.exec(message)?.[1];
      if (wanted !== undefined) return hint(wanted, await names(engine));
    }
  } catch {
    // The first error is the one to tell.
  }
  return "";
}

/** The same for a name that nothing of any kind has. */
export async function objectHint(engine: EngineClient, name: string): Promise<string> {
  try {
    const lists = [containerNames, imageNames, networkNames, volumeNames];
    return hint(name, (await Promise.all(lists.map((names) => names(engine)))).flat());
  } catch {
    return "";
  }
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

async function networkNames(engine: EngineClient): Promise<string[]> {
  return (await engine.call("NetworkList")).flatMap(({ Name: name }) => name ?? []);
}

async function volumeNames(engine: EngineClient): Promise<string[]> {
  return ((await engine.call("VolumeList")).Volumes ?? []).map(({ Name: name }) => name);
}
