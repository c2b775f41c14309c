import { invalidArgument } from "../../../errors/engine-error.ts";
import type { Service } from "../../model/service.ts";
import { containerName, scaleOf } from "../../names.ts";
import type { ObservedContainer } from "../../observe/observed.ts";
import { isAlive, isRunning } from "../../observe/observed-container.ts";
import { findLeftovers, type Leftover } from "./leftovers.ts";
import { recreateReason } from "./recreate-reason.ts";
import type { Situation } from "./situation.ts";
import type { Step } from "./step.ts";

/** One container of a service as it will be. `id` is made up where it is yet to be made. */
export interface Place {
  readonly id: string;
  readonly name: string;
  readonly number: number;
  /** The container that is in it now, if it stays or is replaced. */
  readonly container: ObservedContainer | undefined;
  /** The step after which it is there. */
  readonly step: string | undefined;
}

export interface ServicePlan {
  readonly service: Service;
  readonly steps: readonly Step[];
  readonly places: readonly Place[];
  /** Running containers a rollout replaces later on, when what they depend on is ready. */
  readonly rolled: readonly ObservedContainer[];
  /** Something of it is replaced: dependents that ask for a restart are stopped before. */
  readonly replaces: boolean;
}

/** Steps of others. */
interface Needs {
  readonly resources: readonly string[];
  /** Those that make the containers it refers to. */
  readonly references: readonly string[];
  /** Replacements of what it depends on. */
  readonly turn: readonly string[];
  /** A volume it mounts is made anew. */
  readonly volumesFirst: boolean;
}

interface Candidate {
  readonly container: ObservedContainer;
  readonly reason: string | undefined;
  readonly after: readonly string[];
}

/** Decides about every container of one service. */
export function planService(
  situation: Situation,
  service: Service,
  expected: Parameters<typeof recreateReason>[2],
  needs: Needs,
): ServicePlan {
  const { project, observed, options } = situation;
  const wanted = checkedScale(service);
  const reasonOf = (container: ObservedContainer) =>
    recreateReason(project, container, expected, policyFor(situation, service, container));
  const own = observed.containers.filter(({ service: of, oneOff }) => of === service.name && !oneOff);
  const { standing, leftovers } = findLeftovers(own);

  const steps: Step[] = [];
  const candidates: Candidate[] = standing.map((container) => ({
    container,
    reason: reasonOf(container),
    after: [],
  }));
  for (const leftover of leftovers) {
    const rolls = (container: ObservedContainer) => rollsOut(service, container, options.noStart);
    const healed = heal(leftover, service, reasonOf, rolls, needs.turn);
    steps.push(...healed.steps);
    if (healed.candidate) candidates.push(healed.candidate);
  }

  const kept = inOrderOfKeeping(candidates);
  const places: Place[] = [];
  const rolled: ObservedContainer[] = [];
  let replaces = false;
  for (const [index, { container, reason, after }] of kept.entries()) {
    const { name, number } = container;
    const slot = `${service.name}-${number}`;
    if (index >= wanted) {
      steps.push({
        id: `remove ${slot}`,
        needs: after,
        work: { kind: "remove", container, because: "scaled down" },
      });
      continue;
    }
    const final = containerName(project, service, number);
    if (needs.volumesFirst) {
      // Nobody may have the volume when it is taken away, so the successor cannot be made first.
      const because = "a volume of it is made anew";
      steps.push({ id: `remove ${slot}`, needs: after, work: { kind: "remove", container, because } });
      const id = `create ${slot}`;
      steps.push({
        id,
        needs: [`remove ${slot}`, ...needs.resources, ...needs.references],
        work: { kind: "create", service: service.name, number, name: final },
      });
      replaces = true;
      places.push({ id: `new:${slot}`, name: final, number, container, step: id });
    } else if (reason !== undefined && rollsOut(service, container, options.noStart)) {
      rolled.push(container);
      replaces = true;
      places.push({ id: `new:${slot}`, name, number, container, step: after[0] });
    } else if (reason !== undefined) {
      const id = `recreate ${slot}`;
      steps.push({
        id,
        needs: [...after, ...needs.resources, ...needs.references, ...needs.turn],
        work: { kind: "recreate", service: service.name, name: final, old: container, because: reason },
      });
      replaces = true;
      places.push({ id: `new:${slot}`, name: final, number, container, step: id });
    } else {
      if (isRunning(container))
        steps.push({ id: `keep ${slot}`, needs: after, work: { kind: "keep", container } });
      places.push({ id: container.id, name, number, container, step: after[0] });
    }
  }

  const next = Math.max(0, ...own.map(({ number }) => number)) + 1;
  for (let added = 0; added < wanted - kept.length; added++) {
    const number = next + added;
    const name = containerName(project, service, number);
    const id = `create ${service.name}-${number}`;
    steps.push({
      id,
      needs: [...needs.resources, ...needs.references],
      work: { kind: "create", service: service.name, number, name },
    });
    places.push({ id: `new:${service.name}-${number}`, name, number, container: undefined, step: id });
  }
  return { service, steps, places, rolled, replaces };
}

/** What was named on the command line, as against what comes along because it is depended on. */
function policyFor({ options, begun }: Situation, service: Service, { id }: ObservedContainer) {
  const named = options.services.length === 0 || options.services.includes(service.name);
  const policy = named ? options.recreate : options.recreateDependencies;
  // What was made since is new already, by whomever.
  return policy === "always" && begun?.has(id) === false ? "changed" : policy;
}

function checkedScale(service: Service): number {
  const scale = scaleOf(service);
  if (scale > 1 && service.container_name !== undefined) {
    throw invalidArgument(
      `WARNING: The ${JSON.stringify(service.name)} service is using the custom container name ` +
        `${JSON.stringify(service.container_name)}. Docker requires each container to have a unique name. ` +
        "Remove the custom name to scale the service",
    );
  }
  return scale;
}

/** The right ones first, by number: who is beyond the scale is taken from the end. */
function inOrderOfKeeping(candidates: readonly Candidate[]): Candidate[] {
  return [...candidates].sort((a, b) => {
    const byState = Number(a.reason !== undefined) - Number(b.reason !== undefined);
    return byState || a.container.number - b.container.number;
  });
}

/** An update of what runs follows `update_config`; what does not run is just made anew. */
function rollsOut(service: Service, container: ObservedContainer, noStart: boolean): boolean {
  return service.deploy?.update_config !== undefined && isAlive(container) && !noStart;
}

function heal(
  leftover: Leftover,
  service: Service,
  reasonOf: (container: ObservedContainer) => string | undefined,
  rolls: (container: ObservedContainer) => boolean,
  turn: readonly string[],
): { readonly steps: readonly Step[]; readonly candidate?: Candidate } {
  switch (leftover.kind) {
    case "superfluous": {
      const { container } = leftover;
      return { steps: [discard(container, "left by an interruption")] };
    }
    case "unnamed": {
      const { container, name } = leftover;
      const step = finish(service, container, undefined, name, []);
      const named = { ...container, name, replaces: undefined };
      return {
        steps: [step],
        candidate: { container: named, reason: reasonOf(container), after: [step.id] },
      };
    }
    case "pair": {
      const { successor, old, name } = leftover;
      // A rollout was broken off: what serves goes on until its successor is known to serve as well.
      if (reasonOf(successor) !== undefined || rolls(old)) {
        const step = discard(successor, "left by an interruption");
        return { steps: [step], candidate: { container: old, reason: reasonOf(old), after: [step.id] } };
      }
      const step = finish(service, successor, old, name, turn);
      const named = { ...successor, name, replaces: undefined };
      return { steps: [step], candidate: { container: named, reason: undefined, after: [step.id] } };
    }
    default:
      return leftover satisfies never;
  }
}

function discard(container: ObservedContainer, because: string): Step {
  return { id: `remove ${container.name}`, needs: [], work: { kind: "remove", container, because } };
}

function finish(
  service: Service,
  successor: ObservedContainer,
  old: ObservedContainer | undefined,
  name: string,
  needs: readonly string[],
): Step {
  return {
    id: `finish ${service.name}-${successor.number}`,
    needs,
    work: { kind: "finish", service: service.name, name, successor, old },
  };
}
