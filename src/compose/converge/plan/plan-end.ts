import type { Project } from "../../model/project.ts";
import type { ObservedContainer, ObservedProject } from "../../observe/observed.ts";
import { dependentsOf, inDependencyOrder, reach } from "./dependencies.ts";
import { isOrphan } from "./orphans.ts";
import type { Plan, Step } from "./step.ts";

/** Pure: containers end in the order opposite to their beginning, side by side where nothing depends. */
export function planStop(
  project: Project,
  containers: readonly ObservedContainer[],
  services: readonly string[],
): Plan {
  const chosen = services.length === 0 ? undefined : new Set(services);
  return endPlan(
    project,
    containers,
    (name) => !chosen || chosen.has(name),
    (container) => ({
      id: `stop ${container.name}`,
      needs: [],
      work: { kind: "stop", container },
    }),
  );
}

export interface DownPlan extends Plan {
  /** Orphans go when everything else is gone, networks and volumes when nobody uses them. */
  readonly orphans: readonly Step[];
}

/** The containers of `down`: of the services named and of those that depend on them. */
export function planDown(
  project: Project,
  observed: ObservedProject,
  options: { readonly services: readonly string[]; readonly removeOrphans: boolean },
): DownPlan {
  const chosen =
    options.services.length === 0
      ? undefined
      : reach(options.services, (name) => dependentsOf(project, name));
  const containers = observed.containers.filter(({ oneOff }) => !oneOff || options.removeOrphans);
  const because = "down";
  const { steps, warnings } = endPlan(
    project,
    containers,
    (name) => !chosen || chosen.has(name),
    (container) => ({
      id: `remove ${container.name}`,
      needs: [],
      work: { kind: "remove", container, because },
    }),
  );
  const orphans = options.removeOrphans ? containers.filter((container) => isOrphan(project, container)) : [];
  const going = new Set(steps.map(({ id }) => id));
  return {
    steps,
    warnings,
    orphans: orphans
      .map(
        (container): Step => ({
          id: `remove ${container.name}`,
          needs: [],
          work: { kind: "remove", container, because },
        }),
      )
      .filter(({ id }) => !going.has(id)),
  };
}

function endPlan(
  project: Project,
  containers: readonly ObservedContainer[],
  isChosen: (service: string) => boolean,
  step: (container: ObservedContainer) => Step,
): Plan {
  const steps: Step[] = [];
  /** By service: what must have happened before those it depends on may end. */
  const ended = new Map<string, readonly string[]>();
  for (const name of inDependencyOrder(project).reverse()) {
    const before = dependentsOf(project, name).flatMap((dependent) => ended.get(dependent) ?? []);
    const own = isChosen(name) ? containers.filter(({ service }) => service === name).map(step) : [];
    const waiting = own.map((each) => ({ ...each, needs: before }));
    steps.push(...waiting);
    ended.set(name, waiting.length > 0 ? waiting.map(({ id }) => id) : before);
  }
  return { steps, warnings: [] };
}
