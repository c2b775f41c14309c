import type { Project } from "./model/project.ts";
import type { Service } from "./model/service.ts";

export function containerName(project: Project, service: Service, number: number): string {
  const { name, separator = "-" } = project;
  return service.container_name ?? [name, service.name, number].join(separator);
}

/** The image a service runs: the one it names, or the one that is built for it. */
export function imageName(project: Project, service: Service): string {
  return service.image ?? [project.name, service.name].join(project.separator ?? "-");
}

export function scaleOf(service: Service): number {
  return service.scale ?? service.deploy?.replicas ?? 1;
}
