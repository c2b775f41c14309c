import { notFound } from "../../errors/engine-error.ts";
import type { ComposeContext } from "../compose-context.ts";
import type { Project } from "../model/project.ts";
import { observeProject } from "../observe/observe-project.ts";
import type { ObservedContainer, ObservedProject } from "../observe/observed.ts";
import { projectFromLabels } from "../observe/project-from-labels.ts";
import type { Target } from "./deeds.ts";

export interface TargetProject {
  readonly project: Project;
  /** What was looked at for it, when only the name was known. */
  readonly observed?: ObservedProject;
  readonly containers?: readonly ObservedContainer[];
}

/** The project of a deed; of a name, what its containers say. Without any, there is nothing to do it to. */
export async function targetProject({ engine }: ComposeContext, target: Target): Promise<TargetProject> {
  if (typeof target !== "string") return { project: target };
  const observed = await observeProject(engine, target);
  if (!observed.containers.some(({ oneOff }) => !oneOff)) {
    throw notFound(`no container found for project ${JSON.stringify(target)}: not found`);
  }
  return { project: projectFromLabels(observed), observed, containers: observed.containers };
}

/** The same for deeds that end things: nothing there is nothing to do. */
export async function targetOrNothing({ engine }: ComposeContext, target: Target): Promise<TargetProject> {
  if (typeof target !== "string") return { project: target };
  const observed = await observeProject(engine, target);
  return { project: projectFromLabels(observed), observed, containers: observed.containers };
}
