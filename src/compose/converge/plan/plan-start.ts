import { invalidArgument } from "../../../errors/engine-error.ts";
import type { Project } from "../../model/project.ts";
import type { Service } from "../../model/service.ts";
import type { ServiceDependency } from "../../model/service-parts.ts";
import { scaleOf } from "../../names.ts";
import type { ObservedContainer } from "../../observe/observed.ts";
import { isRunning } from "../../observe/observed-container.ts";
import { dependenciesOf, inDependencyOrder } from "./dependencies.ts";
import type { Plan, Step, WaitCondition } from "./step.ts";

export interface StartSituation {
  readonly project: Project;
  /** What there is of each service, by its name; those to be replaced by a rollout among them. */
  readonly containers: ReadonlyMap<string, readonly StartPlace[]>;
  readonly rolled: ReadonlyMap<string, readonly ObservedContainer[]>;
  /** Wait for everything in the end. */
  readonly wait: boolean;
}

export interface StartPlace {
  readonly name: string;
  readonly number: number;
  /** `created` for what is yet to be made. */
  readonly state: string;
}

/** Pure: who is started, after whom, and what is waited for. */
export function planStart({ project, containers, rolled, wait }: StartSituation): Plan {
  const steps: Step[] = [];
  const warnings: string[] = [];
  /** By service: the steps after which it counts as started. */
  const started = new Map<string, readonly string[]>();
  for (const name of inDependencyOrder(project)) {
    const service = project.services[name];
    if (!service) continue;
    const own = containers.get(name) ?? [];
    if (service.deploy?.replicas === 0) {
      started.set(name, []);
      continue;
    }
    const before: string[] = [];
    for (const [other, dependency] of dependenciesOf(project, service)) {
      const wanted = waitFor(project, name, other, dependency, containers, warnings);
      if (!wanted) before.push(...(started.get(other) ?? []));
      else {
        const step = waitStep(
          name,
          other,
          dependency.condition,
          dependency.required,
          started.get(other) ?? [],
        );
        steps.push(step);
        before.push(step.id);
      }
    }
    if (own.length === 0 && scaleOf(service) > 0) {
      throw invalidArgument(`service ${JSON.stringify(name)} has no container to start`);
    }
    const starting = startSteps(service, own, rolled.get(name) ?? [], before);
    steps.push(...starting);
    // Who waits for a service that already runs waits for what that one waits for, as Docker Compose does.
    started.set(name, starting.length > 0 ? starting.map(({ id }) => id) : before);
  }
  if (wait) steps.push(...finalWaits(project, containers, started));
  return { steps, warnings };
}

/** What one service waits for, when everything else runs. */
export function planConditions(
  project: Project,
  service: Service,
  containers: StartSituation["containers"],
): Plan {
  const warnings: string[] = [];
  const steps = dependenciesOf(project, service).flatMap(([other, dependency]) =>
    waitFor(project, service.name, other, dependency, containers, warnings)
      ? [waitStep(service.name, other, dependency.condition, dependency.required, [])]
      : [],
  );
  return { steps, warnings };
}

function startSteps(
  service: Service,
  own: readonly StartPlace[],
  rolled: readonly ObservedContainer[],
  before: readonly string[],
): Step[] {
  const steps: Step[] = [];
  const replaced = new Set(rolled.map(({ number }) => number));
  let last: string | undefined;
  const inTurn = takesPortsInTurn(service);
  for (const { name, number, state } of own) {
    if (state === "running" || replaced.has(number)) continue;
    const id = `start ${service.name}-${number}`;
    const needs = inTurn && last !== undefined ? [...before, last] : [...before];
    steps.push({ id, needs, work: { kind: "start", service: service.name, number, name } });
    last = id;
  }
  if (rolled.length > 0) {
    const work = { kind: "roll-out", service: service.name, replaced: rolled } as const;
    steps.push({ id: `roll out ${service.name}`, needs: [...before], work });
  }
  return steps;
}

/** Out of a range each takes the next one that is free, which engines get wrong for two at once. */
const takesPortsInTurn = ({ ports }: Service): boolean =>
  ports?.some(({ published }) => published?.includes("-")) ?? false;

/** Started is what the order brings anyway; what has no containers is not waited for. */
function waitFor(
  project: Project,
  dependent: string,
  name: string,
  { condition, required }: ServiceDependency,
  containers: StartSituation["containers"],
  warnings: string[],
): boolean {
  const service = project.services[name];
  if (condition === "service_started" || !service || service.provider || scaleOf(service) === 0) return false;
  if ((containers.get(name) ?? []).length > 0) return true;
  const said = `${dependent} is missing dependency ${name}`;
  if (required) throw invalidArgument(said);
  warnings.push(said);
  return false;
}

function waitStep(
  dependent: string | undefined,
  service: string,
  condition: WaitCondition,
  required: boolean,
  needs: readonly string[],
): Step {
  const id = `wait ${dependent === undefined ? "" : `${dependent} `}for ${service} ${condition}`;
  return { id, needs: [...needs], work: { kind: "wait", dependent, service, condition, required } };
}

/** `--wait`: all of them run or are healthy; those others wait to see ended have ended. */
function finalWaits(
  project: Project,
  containers: StartSituation["containers"],
  started: ReadonlyMap<string, readonly string[]>,
): Step[] {
  return Object.values(project.services)
    .filter(
      (service) =>
        scaleOf(service) > 0 && !service.provider && (containers.get(service.name) ?? []).length > 0,
    )
    .map(({ name }) =>
      waitStep(undefined, name, finalCondition(project, name), true, started.get(name) ?? []),
    );
}

function finalCondition(project: Project, name: string): WaitCondition {
  const ends = Object.values(project.services).some(
    ({ depends_on: needs }) => needs?.[name]?.condition === "service_completed_successfully",
  );
  return ends ? "service_completed_successfully" : "running_or_healthy";
}

export const startPlace = (container: ObservedContainer): StartPlace => ({
  name: container.name,
  number: container.number,
  state: isRunning(container) ? "running" : container.state,
});
