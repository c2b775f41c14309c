import type { Project } from "../../model/project.ts";
import { resolveServiceEnvironments } from "../complete/service-files.ts";
import { withoutUnneededResources } from "./needed-resources.ts";
import { enableServices } from "./profiles.ts";
import { type Company, selectServices } from "./select-services.ts";

export interface Choice {
  readonly company?: Company;
  /** `--all-resources`: keep networks, volumes, secrets and configs nobody uses. */
  readonly allResources?: boolean;
}

/**
 * What a command that names services works on: their profiles become active, all other services are
 * set aside, and files of variables are read for those that are left.
 */
export function chooseServices(project: Project, names: readonly string[], choice: Choice = {}): Project {
  const enabled = enableServices(project, names);
  const chosen = selectServices(
    enabled,
    names,
    choice.company === undefined ? {} : { company: choice.company },
  );
  const needed = choice.allResources ? chosen : withoutUnneededResources(chosen);
  return resolveServiceEnvironments(needed, { discard: true });
}
