import { invalidArgument } from "../../errors/engine-error.ts";
import { Limiter } from "../../lib/limiter.ts";
import type { BuildWish, ComposeContext } from "../compose-context.ts";
import type { Project } from "../model/project.ts";
import { serviceOf } from "../select/select-services.ts";

/** Services whose images the build of this one starts from: `additional_contexts: base: service:x`. */
export function builtFirst(project: Project, name: string): readonly string[] {
  const contexts = Object.values(project.services[name]?.build?.additional_contexts ?? {});
  return contexts.flatMap((place) => (place.startsWith("service:") ? [place.slice("service:".length)] : []));
}

/**
 * Builds the images of these services and of those they are made from: side by side, but each one
 * only when what it stands on is there. Answers with the ids, by service.
 */
export async function buildServices(
  { images, parallel, signal }: Pick<ComposeContext, "images" | "parallel" | "signal">,
  project: Project,
  names: readonly string[],
  wish: BuildWish,
): Promise<ReadonlyMap<string, string>> {
  refuseCircles(project, names);
  const turns = new Limiter(() => parallel);
  const begun = new Map<string, Promise<string>>();
  const build = (name: string): Promise<string> => {
    const known = begun.get(name);
    if (known) return known;
    const service = serviceOf(project, name);
    if (!service.build) {
      throw invalidArgument(`service ${JSON.stringify(name)} has no build: its image cannot be a context`);
    }
    const work = Promise.all(builtFirst(project, name).map(build)).then(() =>
      turns.run(() => images.build(project, service, wish), { signal }),
    );
    begun.set(name, work);
    return work;
  };
  const ended = await Promise.allSettled(names.map(async (name) => await build(name)));
  const failed = ended.find((end) => end.status === "rejected");
  if (failed) throw failed.reason;
  const ids = await Promise.all([...begun].map(async ([name, id]) => [name, await id] as const));
  return new Map(ids);
}

function refuseCircles(project: Project, names: readonly string[]): void {
  const finished = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    if (finished.has(name)) return;
    if (path.includes(name)) {
      const circle = [...path.slice(path.indexOf(name)), name].join(" -> ");
      throw invalidArgument(`images are built from each other in a circle: ${circle}`);
    }
    for (const next of builtFirst(project, name)) visit(next, [...path, name]);
    finished.add(name);
  };
  for (const name of names) visit(name, []);
}
