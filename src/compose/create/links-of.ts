import type { ContainerWish } from "./container-body.ts";

/** `container:name` for every name a linked service is known by in there. */
export function linksOf({ project, service, number, containersOf }: ContainerWish): string[] {
  const links: string[] = [];
  for (const link of service.links ?? []) {
    const [to = "", name = to] = parts(link);
    for (const container of containersOf.get(to) ?? []) {
      for (const known of [name, `${to}-${number}`, `${project.name}-${to}-${number}`]) {
        links.push(`${container.name}:${known}`);
      }
    }
  }
  for (const link of service.external_links ?? []) {
    const [to = "", name = to] = parts(link);
    links.push(`${to}:${name}`);
  }
  return links;
}

/** More than one colon makes the name no name, as in Docker Compose. */
function parts(link: string): string[] {
  const found = link.split(":");
  return found.length === 2 ? found : found.slice(0, 1);
}
