import type { UpOptions } from "../converge/up-options.ts";
import type { Project } from "../model/project.ts";

/** What a watch begins with: images of services that are developed are built, and everything runs. */
export function buildBeforeWatch(
  project: Project,
  services: readonly string[],
  quiet: boolean,
): [Project, UpOptions] {
  const developed = Object.fromEntries(
    Object.entries(project.services).map(([name, service]) => [
      name,
      service.build && service.develop ? { ...service, pull_policy: "build" } : service,
    ]),
  );
  return [
    { ...project, services: developed },
    {
      services,
      noDependencies: false,
      recreate: "changed",
      recreateDependencies: "never",
      renewAnonymousVolumes: false,
      removeOrphans: false,
      scale: new Map(),
      build: "missing",
      pull: "policy",
      quietPull: quiet,
      quietBuild: quiet,
      noStart: false,
      timeout: undefined,
      wait: false,
      waitTimeout: undefined,
    },
  ];
}
