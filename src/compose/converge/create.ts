import { isKind } from "../../errors/engine-error.ts";
import type { ComposeContext } from "../compose-context.ts";
import type { ServiceImage } from "../create/container-body.ts";
import { networkHash, serviceHash, volumeHash } from "../hash/config-hash.ts";
import { lockProject } from "../lock/project-lock.ts";
import type { Project } from "../model/project.ts";
import { observeForProject } from "../observe/observe-project.ts";
import type { ObservedContainer, ObservedProject } from "../observe/observed.ts";
import { ContainerWatch } from "./apply/container-watch.ts";
import { Convergence } from "./apply/convergence.ts";
import { performStep } from "./apply/perform-step.ts";
import { runPlan } from "./apply/run-plan.ts";
import type { Create, Created } from "./deeds.ts";
import { bringImages, findImages, imageNeeds, serviceImages } from "./ensure-images.ts";
import { withExternals } from "./find-externals.ts";
import { type CreatePlan, planCreate } from "./plan-create.ts";
import { divergedVolumes } from "./plan-resources.ts";
import { prepareProject } from "./prepare-project.ts";
import type { Situation } from "./situation.ts";
import type { UpOptions } from "./up-options.ts";

export const hashes = { service: serviceHash, network: networkHash, volume: volumeHash };

/** So often what the engine refuses is looked at again: somebody else is changing the project. */
const attempts = 5;

export const create: Create = async (context, project, options) => {
  return await createForStart(context, project, options);
};

/** What `start` needs beside what everybody may know. */
export interface CreatedRun extends Created {
  readonly run: Convergence;
  readonly rolled: ReadonlyMap<string, readonly ObservedContainer[]>;
}

export async function createForStart(
  context: ComposeContext,
  wanted: Project,
  options: UpOptions,
): Promise<CreatedRun> {
  const project = prepareProject(context, wanted, options);
  let before = "";
  for (let attempt = 1; ; attempt++) {
    const seen: { now?: string } = {};
    try {
      return await convergeOnce(context, project, options, (observed) => {
        seen.now = fingerprint(observed);
      });
    } catch (error) {
      if (context.signal.aborted || attempt >= attempts || !isConflict(error)) throw error;
      // What was refused before the same background will be refused again.
      if (attempt > 1 && seen.now === before) throw error;
      before = seen.now ?? "";
    }
  }
}

/** Somebody took a name, or took something away, between looking and doing. */
const isConflict = (error: unknown) => isKind(error, "conflict") || isKind(error, "not_found");

async function convergeOnce(
  context: ComposeContext,
  project: Project,
  options: UpOptions,
  onObserved: (observed: ObservedProject) => void,
): Promise<CreatedRun> {
  const { engine, signal } = context;
  const onWait = () =>
    context.warn(`another run is changing the project ${project.name}: waiting for its end`);
  const lock = () => lockProject(engine.address, project.name, { signal, onWait });
  let lease = await lock();
  try {
    const look = () => observeForProject(engine, project);
    const asked = await Promise.all([look(), findImages(engine, project), engine.version()]);
    let [observed, found] = asked;
    const needs = imageNeeds(project, found, options, Date.now());
    if (needs.pulls.size > 0 || needs.builds.length > 0) {
      // Downloads and builds take their time: nobody has to wait for these.
      lease[Symbol.dispose]();
      found = await bringImages(context, project, found, needs, options);
      lease = await lock();
      observed = await look();
    }
    onObserved(observed);
    const images = serviceImages(project, found);
    const situation = await situationOf(context, project, observed, images, options);
    const plan = planCreate(situation);
    for (const sentence of plan.warnings) context.warn(sentence);
    return await applyCreate(
      context,
      situation,
      plan,
      new Convergence(context, project, options, images, asked[2], observed),
    );
  } finally {
    lease[Symbol.dispose]();
  }
}

export async function situationOf(
  context: ComposeContext,
  project: Project,
  observed: ObservedProject,
  images: ReadonlyMap<string, ServiceImage>,
  options: UpOptions,
): Promise<Situation> {
  const imageIds = new Map([...images].map(([name, { id }]) => [name, id]));
  const known = await withExternals(context.engine, project, observed);
  const base = { project, observed: known, options, imageIds, hashes };
  const replaceVolumes = new Set<string>();
  for (const key of divergedVolumes(base)) {
    const name = JSON.stringify(project.volumes[key]?.name);
    const question = `Volume ${name} exists but doesn't match configuration in compose file. Recreate (data will be lost)?`;
    if (await context.confirm?.(question)) replaceVolumes.add(key);
  }
  return { ...base, replaceVolumes };
}

async function applyCreate(
  context: ComposeContext,
  { project }: Situation,
  plan: CreatePlan,
  run: Convergence,
): Promise<CreatedRun> {
  using watch = new ContainerWatch(context.engine, project.name);
  const performer = { run, watch, onHookLine: undefined };
  await runPlan(plan.steps, (step, halted) => performStep(performer, step, halted), context);
  const rolled = new Map(
    plan.services.flatMap(({ service, rolled }) =>
      rolled.length > 0 ? [[service.name, rolled] as const] : [],
    ),
  );
  return {
    project,
    run,
    rolled,
    get containers() {
      return run.containers;
    },
  };
}

function fingerprint({ containers, networks, volumes }: ObservedProject): string {
  const parts = [
    ...containers.map(({ id, name, state }) => `${id} ${name} ${state}`),
    ...networks.map(({ Id: id }) => id ?? ""),
    ...volumes.map(({ Name: name }) => name),
  ];
  return parts.sort().join("\n");
}
