import { invalidArgument } from "../../errors/engine-error.ts";
import type { Project } from "../model/project.ts";

/** Two services cannot have one container's name. */
export function checkContainerNames(project: Project): void {
  const taken = new Map<string, string>();
  for (const name of Object.keys(project.services).sort()) {
    const wanted = project.services[name]?.container_name;
    if (wanted === undefined) continue;
    const other = taken.get(wanted);
    if (other !== undefined) {
      throw invalidArgument(
        `services.${name}: container name ${JSON.stringify(wanted)} is already in use by service ${other}`,
      );
    }
    taken.set(wanted, name);
  }
}
