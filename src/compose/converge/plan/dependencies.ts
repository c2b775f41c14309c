import { invalidArgument, notFound } from "../../../errors/engine-error.ts";
import type { Project } from "../../model/project.ts";
import type { Service } from "../../model/service.ts";
import type { ServiceDependency } from "../../model/service-parts.ts";

/** Dependencies of a service that are part of the project; what is needed and is not, is an error. */
export function dependenciesOf(project: Project, service: Service): [string, ServiceDependency][] {
  return Object.entries(service.depends_on ?? {}).filter(([name, dependency]) => {
    if (project.services[name]) return true;
    if (!dependency.required) return false;
    const disabled = project.disabledServices[name];
    if (!disabled) throw notFound(`could not find ${name}: not found`);
    const profiles = `[${(disabled.profiles ?? []).join(" ")}]`;
    throw invalidArgument(
      `service ${name} is required by ${service.name} but is disabled. Can be enabled by profiles ${profiles}`,
    );
  });
}

/** Services whose `depends_on` names this one. */
export function dependentsOf(
  project: Project,
  name: string,
  counts: (dependency: ServiceDependency) => boolean = () => true,
): string[] {
  return Object.values(project.services)
    .filter(({ depends_on: needs }) => needs?.[name] && counts(needs[name]))
    .map((service) => service.name);
}

/** Service names, each after all it depends on; alphabetical where that is open. */
export function inDependencyOrder(project: Project): string[] {
  const order: string[] = [];
  const state = new Map<string, "open" | "done">();
  const visit = (name: string, path: readonly string[]) => {
    if (state.get(name) === "done") return;
    const here = [...path, name];
    if (state.get(name) === "open") throw invalidArgument(`cycle found: ${here.join(" -> ")}`);
    state.set(name, "open");
    const service = project.services[name];
    if (service) {
      for (const [needed] of dependenciesOf(project, service).sort(byName)) visit(needed, here);
    }
    state.set(name, "done");
    order.push(name);
  };
  for (const name of Object.keys(project.services).sort()) visit(name, []);
  return order;
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : 1);

/** The services named and all that follows from them, along `next`. */
export function reach(names: readonly string[], next: (name: string) => readonly string[]): Set<string> {
  const reached = new Set<string>();
  const waiting = [...names];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    waiting.push(...next(name));
  }
  return reached;
}
