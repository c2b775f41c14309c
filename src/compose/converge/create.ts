import { isKind } from "../../errors/engine-error.ts";
import type { ComposeContext } from "../compose-context.ts";
import type { ServiceImage } from "../create/container-body.ts";
import { networkHash, serviceHash, volumeHash } from "../hash/config-hash.ts";
import { lockForChange } from "../lock/lock-for-change.ts";
import type { Project } from "../model/project.ts";
import { observeForProject } from "../observe/observe-project.ts";
import type { ObservedContainer, ObservedProject } from "../observe/observed.ts";
import { ContainerWatch } from "./apply/container-watch.ts";
import { Convergence } from "./apply/convergence.ts";
import { ForeignName } from "./apply/foreign-name.ts";
import { isAmbiguous } from "./apply/make-resource.ts";
import { performStep } from "./apply/perform-step.ts";
import { runPlan } from "./apply/run-plan.ts";
import type { Create, Created } from "./deeds.ts";
import { bringImages, type FoundImages, findImages, imageNeeds, serviceImages } from "./ensure-images.ts";
import { withExternals } from "./find-externals.ts";
import { type CreatePlan, planCreate } from "./plan-create.ts";
import { divergedVolumes } from "./plan-resources.ts";
import { prepareProject } from "./prepare-project.ts";
import { tracePlan } from "./print-plan.ts";
import type { Situation } from "./situation.ts";
import type { UpOptions } from "./up-options.ts";

export const hashes = { service: serviceHash, network: networkHash, volume: volumeHash };

/** So often what the engine refuses is looked at again: somebody else is changing the project. */
const attempts = 30;
/** So often in a row, when nothing else has changed. */
const enough = 4;
/** Milliseconds, and as many again by chance: two that got in each other's way part so. */
const pause = 100;

// trail: compose up
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
  const memory: Memory = { warned: new Set(), agreed: new Map() };
  let quiet = 0;
  for (let attempt = 1; ; attempt++) {
    const before = memory.seen;
    try {
      return await convergeOnce(context, project, options, memory);
    } catch (error) {
      if (context.signal.aborted || attempt >= attempts || !isConflict(error)) throw error;
      // What is refused again and again before the same background will be refused for ever.
      quiet = memory.seen === before ? quiet + 1 : 0;
      if (quiet >= enough) throw error;
      await Bun.sleep(pause * (1 + Math.random()));
    }
  }
}

/** What one call learned and was told stays true when it looks again. */
interface Memory {
  seen?: string;
  images?: FoundImages;
  /** Containers that were there when it began: what is made later need not be forced to be made again. */
  begun?: ReadonlySet<string>;
  readonly warned: Set<string>;
  readonly agreed: Map<string, boolean>;
}

/** Somebody took a name, or took something away, between looking and doing. */
function isConflict(error: unknown): boolean {
  if (error instanceof ForeignName) return false;
  return isKind(error, "conflict") || isKind(error, "not_found") || isAmbiguous(error);
}

async function convergeOnce(
  context: ComposeContext,
  project: Project,
  options: UpOptions,
  memory: Memory,
): Promise<CreatedRun> {
  const { engine } = context;
  const warn = (sentence: string) => {
    if (!memory.warned.has(sentence)) context.warn(sentence);
    memory.warned.add(sentence);
  };
  const lock = () => lockForChange(context, project.name, warn);
  let lease = await lock();
  try {
    const look = () => observeForProject(engine, project);
    const asked = await Promise.all([look(), memory.images ?? findImages(engine, project), engine.version()]);
    let [observed, found] = asked;
    const needs = memory.images ? undefined : imageNeeds(project, found, options, Date.now());
    if (needs && needs.pulls.size + needs.builds.length > 0) {
      // Downloads and builds take their time: nobody has to wait for these.
      lease[Symbol.dispose]();
      found = await bringImages(context, project, found, needs, options);
      lease = await lock();
      observed = await look();
    }
    memory.images = found;
    memory.seen = fingerprint(observed);
    memory.begun ??= new Set(observed.containers.map(({ id }) => id));
    const images = serviceImages(project, found);
    const situation = await situationOf(context, project, observed, images, options, memory);
    const plan = planCreate(situation);
    for (const sentence of plan.warnings) warn(sentence);
    const run = new Convergence(context, project, options, images, asked[2], observed);
    return await applyCreate(context, situation, plan, run);
  } finally {
    lease[Symbol.dispose]();
  }
}

async function situationOf(
  context: ComposeContext,
  project: Project,
  observed: ObservedProject,
  images: ReadonlyMap<string, ServiceImage>,
  options: UpOptions,
  { begun, agreed }: Pick<Memory, "begun" | "agreed">,
): Promise<Situation> {
  const imageIds = new Map([...images].map(([name, { id }]) => [name, id]));
  const known = await withExternals(context.engine, project, observed);
  const base = { project, observed: known, options, imageIds, hashes, ...(begun && { begun }) };
  const replaceVolumes = new Set<string>();
  for (const key of divergedVolumes(base)) {
    const name = JSON.stringify(project.volumes[key]?.name);
    const question = `Volume ${name} exists but doesn't match configuration in compose file. Recreate (data will be lost)?`;
    const answer = agreed.get(key) ?? (await context.confirm?.(question)) ?? false;
    agreed.set(key, answer);
    if (answer) replaceVolumes.add(key);
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
  tracePlan("create", plan);
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
