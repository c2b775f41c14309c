import { composeVersion, labels } from "../labels.ts";
import { containerName } from "../names.ts";
import type { ContainerWish } from "./container-body.ts";

const healthGate = "hull.health-gate";

/** The service's own labels, then those by which either tool finds the container again. */
export function labelsOf(wish: ContainerWish): Record<string, string> {
  const { project, service, oneOff } = wish;
  const files = explicitEnvFiles(wish);
  return {
    // Names lead to those that can serve; other engines than Hull's know nothing of it.
    ...(!oneOff && { [healthGate]: "true" }),
    ...service.labels,
    [labels.project]: project.name,
    [labels.service]: service.name,
    [labels.version]: composeVersion,
    [labels.workingDir]: project.workingDir,
    [labels.configFiles]: project.composeFiles.join(","),
    ...(files.length > 0 && { [labels.environmentFile]: files.join(",") }),
    [labels.image]: wish.image.id,
    [labels.configHash]: wish.configHash,
    [labels.dependsOn]: dependencies(wish),
    [labels.oneOff]: oneOff ? "True" : "False",
    ...(oneOff && { [labels.slug]: oneOff.slug }),
    ...(!oneOff && { [labels.number]: String(wish.number) }),
    ...(wish.replaces && { [labels.replaces]: service.container_name ?? `${service.name}-${wish.number}` }),
  };
}

/** A container that takes the place of another one gets its name when that one is gone. */
export function nameOf({ project, service, number, oneOff, replaces }: ContainerWish): string {
  if (oneOff)
    return service.container_name ?? `${project.name}-${service.name}-run-${oneOff.slug.slice(0, 12)}`;
  const name = containerName(project, service, number);
  return replaces ? `${replaces.id.slice(0, 12)}_${name}` : name;
}

function dependencies({ service }: ContainerWish): string {
  return Object.entries(service.depends_on ?? {})
    .map(([name, { condition, restart }]) => `${name}:${condition}:${restart === true}`)
    .sort()
    .join(",");
}

/** Docker Compose writes them down only when they were named. */
function explicitEnvFiles({ project }: ContainerWish): readonly string[] {
  const { envFiles, workingDir } = project;
  return envFiles.length === 1 && envFiles[0] === `${workingDir}/.env` ? [] : envFiles;
}
