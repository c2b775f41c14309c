import type { ComposeContext } from "../compose-context.ts";
import { observeContainers } from "../observe/observe-project.ts";
import type { ObservedContainer } from "../observe/observed.ts";
import { runPlan } from "./apply/run-plan.ts";
import type { Target } from "./deeds.ts";

/** Containers of the services, or of all the project has, one-off ones as well where they are asked for. */
export async function chosenContainers(
  { engine }: ComposeContext,
  target: Target,
  services: readonly string[],
  { oneOff }: { readonly oneOff: boolean },
): Promise<ObservedContainer[]> {
  const name = typeof target === "string" ? target : target.name;
  const containers = await observeContainers(engine, name);
  return containers.filter((container) => {
    if (container.oneOff && !oneOff) return false;
    if (services.length > 0) return services.includes(container.service);
    return typeof target === "string" || Object.hasOwn(target.services, container.service);
  });
}

/** The same for all of them at once, as many at a time as the call allows; the first failure ends it. */
export async function forEachContainer(
  context: ComposeContext,
  containers: readonly ObservedContainer[],
  work: (container: ObservedContainer) => Promise<void>,
): Promise<void> {
  const byId = new Map(containers.map((container) => [container.id, container]));
  const steps = containers.map((container) => ({
    id: container.id,
    needs: [],
    work: { kind: "stop", container } as const,
  }));
  await runPlan(
    steps,
    async ({ id }) => {
      const container = byId.get(id);
      if (container) await work(container);
    },
    context,
  );
}
