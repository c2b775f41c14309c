import { serviceHash } from "../../../compose/hash/config-hash.ts";
import type { Project } from "../../../compose/model/project.ts";
import { imageName } from "../../../compose/names.ts";
import { serviceOf } from "../../../compose/select/select-services.ts";

/** What `config` prints of a project with a flag of the same name, one a line. */
export const projectLists = {
  services: (project) => inOrder(project),
  images: (project) => inOrder(project).map((name) => imageName(project, serviceOf(project, name))),
  volumes: ({ volumes }) => Object.keys(volumes).sort(),
  networks: ({ networks }) => Object.keys(networks).sort(),
  models: ({ models }) =>
    Object.values(models)
      .map(({ model }) => model)
      .filter((model) => model !== undefined && model !== ""),
  profiles: ({ services, disabledServices }) => {
    const all = [...Object.values(services), ...Object.values(disabledServices)];
    return [...new Set(all.flatMap(({ profiles = [] }) => profiles))].sort();
  },
  environment: ({ environment }) =>
    Object.entries(environment)
      .map(([name, value]) => `${name}=${value}`)
      .sort(),
} satisfies Record<string, (project: Project) => readonly string[]>;

/** By name, but those a service depends on before it. */
function inOrder({ services }: Project): readonly string[] {
  const order = new Set<string>();
  const visit = (name: string, path: readonly string[]) => {
    const service = services[name];
    if (!service || order.has(name) || path.includes(name)) return;
    for (const needed of Object.keys(service.depends_on ?? {}).sort()) visit(needed, [...path, name]);
    order.add(name);
  };
  for (const name of Object.keys(services).sort()) visit(name, []);
  return [...order];
}

/** `--hash '*'` or `--hash web,db`: names with the hash that decides whether `up` makes a container anew. */
export function hashLines(project: Project, asked: string): readonly string[] {
  const names = asked === "*" ? Object.keys(project.services) : asked.split(",");
  return names.sort().map((name) => `${name} ${serviceHash(serviceOf(project, name), project)}`);
}
