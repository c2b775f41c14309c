import type { Volume } from "../../protocol/generated/types.ts";
import type { ComposeContext } from "../compose-context.ts";
import { lockForChange } from "../lock/lock-for-change.ts";
import type { Project } from "../model/project.ts";
import { observeProject, observeVolumes } from "../observe/observe-project.ts";
import type { ObservedProject } from "../observe/observed.ts";
import { serviceOf } from "../select/select-services.ts";
import { type Ending, removeContainer } from "./apply/end-container.ts";
import { removeImage, removeNetwork, removeVolume } from "./apply/remove-resource.ts";
import { runPlan } from "./apply/run-plan.ts";
import type { Down, DownOptions } from "./deeds.ts";
import { imagesToRemove } from "./images-to-remove.ts";
import { planDown } from "./plan-end.ts";
import { networksToRemove, volumesToRemove } from "./plan-removal.ts";
import { tracePlan } from "./print-plan.ts";
import { targetOrNothing } from "./target-project.ts";

/** Containers go in the order opposite to their beginning, then what only they needed. */
export const down: Down = async (context, target, options) => {
  const { engine } = context;
  const name = typeof target === "string" ? target : target.name;
  using _ = await lockForChange(context, name);
  const found = await targetOrNothing(context, target);
  const { project } = found;
  const services = chosenServices(project, options, typeof target === "string");
  if (services === undefined) return;
  const observed = found.observed ?? (await observeProject(engine, name));
  const plan = planDown(project, observed, { services, removeOrphans: options.removeOrphans });
  tracePlan("down", plan);
  const ending: Ending = { context, project, timeout: options.timeout };
  await removeContainers(ending, plan.steps, options.volumes);
  await removeContainers(ending, plan.orphans, false);
  const isAnything = await removeResources(context, project, observed, options);
  if (!isAnything && plan.steps.length === 0 && plan.orphans.length === 0) {
    context.warn(`Warning: No resource found to remove for project ${JSON.stringify(name)}.`);
  }
};

/** Without a file a name that is not found may be one that is gone: undefined is nothing to do. */
function chosenServices(
  project: Project,
  { services }: DownOptions,
  byLabels: boolean,
): readonly string[] | undefined {
  if (!byLabels) {
    for (const service of services) serviceOf(project, service);
    return services;
  }
  const known = services.filter((service) => Object.hasOwn(project.services, service));
  return services.length > 0 && known.length === 0 ? undefined : known;
}

async function removeContainers(
  ending: Ending,
  steps: ReturnType<typeof planDown>["steps"],
  volumes: boolean,
): Promise<void> {
  await runPlan(
    steps,
    async ({ work }) => {
      if (work.kind === "remove") await removeContainer(ending, work.container, volumes);
    },
    ending.context,
  );
}

/** Answers whether there was anything to remove. */
async function removeResources(
  context: ComposeContext,
  project: Project,
  observed: ObservedProject,
  options: DownOptions,
): Promise<boolean> {
  const networks = networksToRemove(project, observed.networks);
  const [volumes, images] = await Promise.all([
    options.volumes ? ownVolumes(context, project) : [],
    imagesToRemove(context.engine, project, options),
  ]);
  const ends = await Promise.allSettled([
    ...networks.map((network) => removeNetwork(context, network)),
    ...volumes.map((volume) => removeVolume(context, volume)),
    ...images.map((image) => removeImage(context, image)),
  ]);
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  return networks.length + volumes.length + images.length > 0;
}

async function ownVolumes({ engine }: ComposeContext, project: Project): Promise<string[]> {
  const names = volumesToRemove(project);
  if (names.length === 0) return [];
  const there: readonly Volume[] = await observeVolumes(engine, names);
  return there.map(({ Name: name }) => name);
}
