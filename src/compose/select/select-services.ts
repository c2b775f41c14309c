import { EngineError } from "../../errors/engine-error.ts";
import { compileGlob } from "../../lib/glob.ts";
import { nearest } from "../../lib/nearest.ts";
import type { Project } from "../model/project.ts";
import type { Service } from "../model/service.ts";

type Services = Readonly<Record<string, Service>>;

/** Services may be called `constructor`. */
const own = <T>(values: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(values, name) ? values[name] : undefined;

export type FollowedDependencies = "dependencies" | "dependents" | "none";

/** Naming a service on the command line switches its profiles on, for every service that has one of them. */
export function enableNamed(project: Project, names: readonly string[]): Project {
  const asked = names.flatMap((name) =>
    own(project.services, name) ? [] : (own(project.disabledServices, name)?.profiles ?? []),
  );
  if (asked.length === 0) return project;
  const profiles = [...project.profiles, ...asked];
  const isOn = ({ profiles: its = [] }: Service) =>
    its.length === 0 || its.some((profile) => profiles.includes(profile)) || profiles.includes("*");
  const all = Object.entries({ ...project.services, ...project.disabledServices });
  return {
    ...project,
    profiles,
    services: Object.fromEntries(all.filter(([, service]) => isOn(service))),
    disabledServices: Object.fromEntries(all.filter(([, service]) => !isOn(service))),
  };
}

/** The services that were named and what they depend on; the others are disabled. No names: all of them. */
export function selectServices(
  project: Project,
  names: readonly string[],
  follow: FollowedDependencies = "dependencies",
): Project {
  if (names.length === 0) return project;
  const chosen = new Set<string>();
  for (const name of names.flatMap((name) => matching(project, name))) choose(project, name, follow, chosen);
  const all = Object.entries(project.services);
  const off = all.filter(([name]) => !chosen.has(name));
  return {
    ...project,
    services: Object.fromEntries(
      all.flatMap(([name, service]) =>
        chosen.has(name) ? [[name, withDependenciesAmong(service, chosen)]] : [],
      ),
    ),
    disabledServices: { ...project.disabledServices, ...Object.fromEntries(off) },
  };
}

/** A name may be a shell pattern. */
function matching(project: Project, name: string): readonly string[] {
  if (!/[*?[\\]/.test(name)) return [name];
  const found = Object.keys(project.services).filter(compileGlob(name));
  return found.length > 0 ? found : [name];
}

function choose(project: Project, name: string, follow: FollowedDependencies, chosen: Set<string>): void {
  if (chosen.has(name)) return;
  const service = serviceOf(project, name);
  chosen.add(name);
  if (follow === "dependencies") {
    for (const [needed, { required }] of Object.entries(service.depends_on ?? {})) {
      if (required || own(project.services, needed)) choose(project, needed, follow, chosen);
    }
  }
  if (follow === "dependents") {
    for (const [other, { depends_on }] of Object.entries(project.services)) {
      if (own(depends_on ?? {}, name)) choose(project, other, follow, chosen);
    }
  }
}

function withDependenciesAmong(service: Service, chosen: ReadonlySet<string>): Service {
  if (!service.depends_on) return service;
  const { depends_on, ...rest } = service;
  const kept = Object.entries(depends_on).filter(([name]) => chosen.has(name));
  return kept.length > 0 ? { ...rest, depends_on: Object.fromEntries(kept) } : rest;
}

/** A service of the project that is not switched off. */
export function serviceOf(project: Project, name: string): Service {
  const service = own(project.services, name);
  if (service) return service;
  throw noSuchService(project, name);
}

/** Docker Compose's words, and what was probably meant or is in the way. */
export function noSuchService(project: Project, name: string): EngineError {
  const known: Services = { ...project.services, ...project.disabledServices };
  const said = `no such service: ${name}`;
  const { profiles = [] } = own(project.disabledServices, name) ?? {};
  if (profiles.length > 0) {
    return new EngineError("not_found", `${said}: none of its profiles is active (${profiles.join(", ")})`);
  }
  const near = nearest(name, Object.keys(known));
  return new EngineError("not_found", near === undefined ? said : `${said} (did you mean ${near}?)`);
}

/** Leaves out what no service uses: `up` makes none of it. */
export function withoutUnusedResources(project: Project): Project {
  const services = Object.values(project.services);
  const only = <T>(all: Readonly<Record<string, T>>, used: readonly string[]) => {
    const names = new Set(used);
    return Object.fromEntries(Object.entries(all).filter(([name]) => names.has(name)));
  };
  const sources = (references: readonly { readonly source?: string }[] = []) =>
    references.flatMap(({ source }) => (source === undefined ? [] : [source]));
  return {
    ...project,
    networks: only(
      project.networks,
      services.flatMap(({ networks = {} }) => Object.keys(networks)),
    ),
    volumes: only(
      project.volumes,
      services.flatMap(({ volumes = [] }) => sources(volumes.filter(({ type }) => type === "volume"))),
    ),
    secrets: only(
      project.secrets,
      services.flatMap(({ secrets, build }) => [...sources(secrets), ...sources(build?.secrets)]),
    ),
    configs: only(
      project.configs,
      services.flatMap(({ configs }) => sources(configs)),
    ),
    models: only(
      project.models,
      services.flatMap(({ models = {} }) => Object.keys(models)),
    ),
  };
}
