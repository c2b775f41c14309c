import type { EnvEntry } from "../env/env-entry.ts";
import { readDotenv } from "../env/read-dotenv.ts";
import { readRawEnv } from "../env/read-raw-env.ts";
import { isThere, readText } from "../load/files/file-reader.ts";
import { lookupIn } from "../load/files/frame.ts";
import type { LoadedProject } from "../load/load-project.ts";
import type { Origin, Place } from "../load/provenance.ts";
import type { Project } from "../model/project.ts";
import type { Service } from "../model/service.ts";
import { pathText } from "../yaml/path-text.ts";
import { SourceText } from "../yaml/source-text.ts";

/** A variable in the containers of one service: who said what, the one that counts first. */
export interface ContainerVariable {
  readonly service: string;
  readonly sources: readonly ContainerSource[];
}

export interface ContainerSource {
  readonly value: string | null;
  readonly place: Place | undefined;
  readonly by: "environment" | "env_file";
}

/** Where the containers have a variable from. The project must still name its `env_file`s. */
export function containerVariables(loaded: LoadedProject, name: string): ContainerVariable[] {
  const { project } = loaded;
  const origins = loaded.origins();
  return Object.entries(project.services).flatMap(([service, definition]) => {
    const origin = origins.get(pathText(["services", service, "environment", name]));
    const own = ownSources(definition, name, project, origin);
    const sources = [...own, ...fileSources(definition, name, project).reverse()];
    return sources.length > 0 ? [{ service, sources }] : [];
  });
}

/** What `environment` says, and what it said in files before. */
function ownSources(
  { environment }: Service,
  name: string,
  { environment: ofProject }: Project,
  origin: Origin | undefined,
): ContainerSource[] {
  if (!environment || !Object.hasOwn(environment, name)) return [];
  const value = environment[name] ?? lookupIn(ofProject)(name) ?? null;
  const earlier = (origin?.overrode ?? []).map(({ place, value: before }): ContainerSource => {
    return { value: before === null ? null : String(before), place, by: "environment" };
  });
  return [{ value, place: origin?.place, by: "environment" }, ...earlier];
}

/** What the files say, in their order: the last one counts. */
function fileSources({ environment, env_file }: Service, name: string, project: Project): ContainerSource[] {
  const entries = new Map<string, EnvEntry>();
  const ofProject = lookupIn(project.environment);
  const own = new Map(Object.entries(environment ?? {}));
  const lookup = (asked: string) => ofProject(asked) ?? own.get(asked) ?? undefined;
  const sources: ContainerSource[] = [];
  for (const { path, format } of env_file ?? []) {
    if (!isThere(path)) continue;
    const source = new SourceText(path, readText(path));
    if (format === "raw") readRawEnv(source, entries, lookup);
    else readDotenv(source, entries, lookup);
    const entry = entries.get(name);
    if (entry && !sources.some(({ place }) => place === entry.place))
      sources.push({ ...entry, by: "env_file" });
  }
  return sources;
}
