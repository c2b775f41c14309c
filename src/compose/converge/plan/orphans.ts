import type { Project } from "../../model/project.ts";
import type { ObservedContainer } from "../../observe/observed.ts";

/** Containers of no service of the files, active or not, and one-off containers that have ended. */
export function isOrphan(project: Project, { service, oneOff, state }: ObservedContainer): boolean {
  if (oneOff) return state === "exited" || state === "dead";
  return !Object.hasOwn(project.services, service) && !Object.hasOwn(project.disabledServices, service);
}

export function orphanWarning(orphans: readonly ObservedContainer[]): string {
  const names = orphans.map(({ name }) => name).join(" ");
  return (
    `Found orphan containers ([${names}]) for this project. If you removed or renamed this service in ` +
    "your compose file, you can run this command with the --remove-orphans flag to clean it up."
  );
}
