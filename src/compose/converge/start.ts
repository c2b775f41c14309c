import { type EngineError, internal } from "../../errors/engine-error.ts";
import { durationText } from "../../lib/duration-text.ts";
import type { ComposeContext } from "../compose-context.ts";
import type { Project } from "../model/project.ts";
import type { Service } from "../model/service.ts";
import { observeContainers } from "../observe/observe-project.ts";
import type { ObservedContainer } from "../observe/observed.ts";
import { selectServices } from "../select/select-services.ts";
import { containerTask } from "../task.ts";
import { ContainerWatch } from "./apply/container-watch.ts";
import { Convergence } from "./apply/convergence.ts";
import { performStep } from "./apply/perform-step.ts";
import { runPlan } from "./apply/run-plan.ts";
import type { CreatedRun } from "./create.ts";
import type { Start, StartOptions } from "./deeds.ts";
import { planConditions, planStart, type StartSituation, startPlace } from "./plan-start.ts";
import { tracePlan } from "./print-plan.ts";
import type { Step } from "./step.ts";
import { targetProject } from "./target-project.ts";

export const start: Start = async (context, target, options) => {
  const found = await targetProject(context, target);
  const project = selectServices(found.project, options.services);
  const containers = found.containers ?? (await observeContainers(context.engine, project.name));
  const version = await context.engine.version();
  const none = { timeout: undefined, renewAnonymousVolumes: false };
  const observed = { name: project.name, containers, networks: [], volumes: [] };
  const run = new Convergence(context, project, none, new Map(), version, observed);
  await startRun(context, { project, run, rolled: new Map(), containers }, options);
};

// trail: compose up
/** Starts what `createForStart` made. */
export async function startRun(
  context: ComposeContext,
  { project, run, rolled }: CreatedRun,
  options: StartOptions,
): Promise<void> {
  const plan = planStart({
    project,
    containers: placesOf(project, run.containers),
    rolled,
    wait: options.wait,
  });
  for (const sentence of plan.warnings) context.warn(sentence);
  tracePlan("start", plan);
  using watch = new ContainerWatch(context.engine, project.name);
  const performer = { run, watch, onHookLine: options.onHookLine };
  const limit = timeLimit(options);
  const perform = async (step: Step, halted: AbortSignal) => {
    const isLast = step.work.kind === "wait" && step.work.dependent === undefined;
    const signal = isLast && limit ? AbortSignal.any([halted, limit.begin()]) : halted;
    try {
      await performStep(performer, step, signal);
    } catch (error) {
      if (!limit?.isOver || !isLast || halted.aborted) throw error;
      if (step.work.kind === "wait") tellLate(context, run, step.work.service);
      throw limit.error;
    }
  };
  try {
    await runPlan(plan.steps, perform, context);
  } finally {
    limit?.end();
  }
}

/** What a service that is not part of the run waits for: the one `run` makes a container of. */
export async function runConditions(
  context: ComposeContext,
  { project, run }: CreatedRun,
  service: Service,
): Promise<void> {
  const plan = planConditions(project, service, placesOf(project, run.containers));
  for (const sentence of plan.warnings) context.warn(sentence);
  using watch = new ContainerWatch(context.engine, project.name);
  const performer = { run, watch, onHookLine: undefined };
  await runPlan(plan.steps, (step, halted) => performStep(performer, step, halted), context);
}

export function placesOf(
  project: Project,
  containers: readonly ObservedContainer[],
): StartSituation["containers"] {
  return new Map(
    Object.keys(project.services).map((name) => [
      name,
      containers
        .filter(({ service, oneOff, replaces }) => service === name && !oneOff && !replaces)
        .sort((a, b) => a.number - b.number)
        .map(startPlace),
    ]),
  );
}

/** Who was waited for in vain. */
function tellLate({ report }: ComposeContext, { containers }: Convergence, service: string): void {
  for (const { name } of containers.filter((one) => one.service === service && !one.oneOff))
    report({ id: containerTask(name), status: "error", text: "Error" });
}

/** `--wait-timeout` counts from when everything is started. */
function timeLimit({ wait, waitTimeout }: StartOptions) {
  if (!wait || waitTimeout === undefined || waitTimeout <= 0) return undefined;
  const over = new AbortController();
  const error: EngineError = internal(`application not healthy after ${durationText(waitTimeout * 1e9)}`);
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    error,
    get isOver() {
      return over.signal.aborted;
    },
    begin(): AbortSignal {
      timer ??= setTimeout(() => over.abort(error), waitTimeout * 1000);
      return over.signal;
    },
    end: () => clearTimeout(timer),
  };
}
