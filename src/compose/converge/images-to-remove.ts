import type { EngineClient } from "../../client/engine-client.ts";
import { isKind } from "../../errors/engine-error.ts";
import { labels } from "../labels.ts";
import type { Project } from "../model/project.ts";
import { imageName } from "../names.ts";
import type { DownOptions } from "./deeds.ts";

/**
 * `--rmi local`: images that were built for the project and have no name of their own in the files;
 * `all`: those the files name as well.
 */
export async function imagesToRemove(
  engine: EngineClient,
  project: Project,
  { images, removeOrphans }: DownOptions,
): Promise<string[]> {
  if (images === "none") return [];
  const services = Object.values(project.services);
  const named = services
    .filter((service) => images === "all" || service.image === undefined)
    .map((service) => imageName(project, service));
  const filters = { label: [`${labels.project}=${project.name}`], dangling: ["false"] };
  const [there, built] = await Promise.all([
    Promise.all([...new Set(named)].map(async (name) => ((await exists(engine, name)) ? [name] : []))),
    engine.call("ImageList", { query: { filters: JSON.stringify(filters) } }),
  ]);
  const labelled = built.flatMap(({ RepoTags: tags, Labels: marks }) => {
    const isOurs = removeOrphans || Object.hasOwn(project.services, marks?.[labels.service] ?? "");
    return isOurs && tags?.[0] !== undefined ? [tags[0]] : [];
  });
  return [...new Set([...there.flat(), ...labelled].map(withTag))].sort();
}

async function exists(engine: EngineClient, name: string): Promise<boolean> {
  try {
    await engine.call("ImageInspect", { params: { name } });
    return true;
  } catch (error) {
    // Only a clear no counts: an attempt too many does no harm.
    return !isKind(error, "not_found");
  }
}

/** The same image under two spellings is removed once. */
function withTag(name: string): string {
  const plain = name.replace(/^docker\.io\//, "").replace(/^library\//, "");
  return /[:@][^/]*$/.test(plain) ? plain : `${plain}:latest`;
}
