import type { Project } from "../../model/project.ts";
import type { ObservedContainer } from "../../observe/observed.ts";
import { dependenciesOf, inDependencyOrder } from "./dependencies.ts";
import type { Plan, Step } from "./step.ts";

/** Pure: each service after those it depends on, and when they are as it wants them. */
export function planRestart(project: Project, containers: readonly ObservedContainer[]): Plan {
  const steps: Step[] = [];
  const ended = new Map<string, readonly string[]>();
  for (const name of inDependencyOrder(project)) {
    const service = project.services[name];
    if (!service) continue;
    const before: string[] = [];
    for (const [other, { condition, required }] of dependenciesOf(project, service)) {
      const needs = ended.get(other) ?? [];
      if (condition === "service_started" || !containers.some((each) => each.service === other)) {
        before.push(...needs);
        continue;
      }
      const id = `wait ${name} for ${other} ${condition}`;
      steps.push({ id, needs, work: { kind: "wait", dependent: name, service: other, condition, required } });
      before.push(id);
    }
    const own = containers
      .filter((container) => container.service === name)
      .map(
        (container): Step => ({
          id: `restart ${container.name}`,
          needs: before,
          work: { kind: "restart", container },
        }),
      );
    steps.push(...own);
    ended.set(name, own.length > 0 ? own.map(({ id }) => id) : before);
  }
  return { steps, warnings: [] };
}
