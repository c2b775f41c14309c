import { notFound } from "../../../errors/engine-error.ts";
import { compileGlob } from "../../../lib/glob.ts";
import { nearest } from "../../../lib/nearest.ts";
import type { Project } from "../../model/project.ts";
import type { Service } from "../../model/service.ts";
import { dependentsOf } from "./dependency-order.ts";

/** Who comes along with the services that are named: what they depend on, nobody, or what depends on them. */
export type Company = "dependencies" | "none" | "dependents";

/**
 * The project with nothing but the services that are named (shell patterns too) and their company;
 * all others are disabled, and nobody depends on them any more. Without names it stays as it is.
 */
export function selectServices(
  project: Project,
  names: readonly string[],
  { company = "dependencies" }: { readonly company?: Company } = {},
): Project {
  if (names.length === 0) return project;
  const chosen = new Set<string>();
  for (const name of names) choose(name, project, company, chosen);
  return keepServices(project, chosen);
}

function choose(name: string, project: Project, company: Company, chosen: Set<string>): void {
  const isMeant = compileGlob(name);
  const matching = Object.keys(project.services).filter(isMeant);
  if (matching.length === 0) throw noSuchService(name, project);
  for (const service of matching) follow(service, project, company, chosen);
}

function follow(name: string, project: Project, company: Company, chosen: Set<string>): void {
  const service = project.services[name];
  if (service === undefined || chosen.has(name)) return;
  chosen.add(name);
  if (company === "dependents") {
    for (const dependent of dependentsOf(project, name)) follow(dependent, project, company, chosen);
  } else if (company === "dependencies") {
    for (const [wanted, { required }] of Object.entries(service.depends_on ?? {})) {
      if (required && project.services[wanted] === undefined) throw noSuchService(wanted, project);
      follow(wanted, project, company, chosen);
    }
  }
}

export function noSuchService(name: string, project: Project): Error {
  const known = Object.keys({ ...project.services, ...project.disabledServices });
  const near = known.includes(name) ? undefined : nearest(name, known);
  return notFound(`no such service: ${name}${near === undefined ? "" : ` (did you mean ${near}?)`}`);
}

/** Disables all services but these, and takes them out of what the others depend on. */
function keepServices(project: Project, kept: ReadonlySet<string>): Project {
  const entries = Object.entries(project.services);
  const enabled = entries.filter(([name]) => kept.has(name));
  const disabled = entries.filter(([name]) => !kept.has(name));
  return {
    ...project,
    services: Object.fromEntries(enabled.map(([name, service]) => [name, dependingOn(service, kept)])),
    disabledServices: { ...project.disabledServices, ...Object.fromEntries(disabled) },
  };
}

function dependingOn(service: Service, kept: ReadonlySet<string>): Service {
  const { depends_on, ...rest } = service;
  const left = Object.entries(depends_on ?? {}).filter(([name]) => kept.has(name));
  return left.length === 0 ? rest : { ...service, depends_on: Object.fromEntries(left) };
}

/** The project without these services. */
export function disableServices(project: Project, names: readonly string[]): Project {
  const kept = new Set(Object.keys(project.services).filter((name) => !names.includes(name)));
  return keepServices(project, kept);
}
