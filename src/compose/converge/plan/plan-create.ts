import { invalidArgument } from "../../../errors/engine-error.ts";
import { resolveReferences } from "../../create/resolve-references.ts";
import type { Project } from "../../model/project.ts";
import type { Service } from "../../model/service.ts";
import type { ObservedContainer } from "../../observe/observed.ts";
import { isAlive } from "../../observe/observed-container.ts";
import { dependenciesOf, dependentsOf, inDependencyOrder } from "./dependencies.ts";
import { isOrphan, orphanWarning } from "./orphans.ts";
import { planNetworks, planVolumes, type Resources } from "./plan-resources.ts";
import { planService, type ServicePlan } from "./plan-service.ts";
import { volumesOf } from "./recreate-reason.ts";
import type { Situation } from "./situation.ts";
import type { Plan, Step } from "./step.ts";

export interface CreatePlan extends Plan {
  readonly services: readonly ServicePlan[];
}

// trail: compose up
/**
 * Pure: from what is wanted and what is there to the steps between. New containers wait for networks,
 * volumes and the containers they refer to; replacing goes in the order of dependencies.
 */
export function planCreate(situation: Situation): CreatePlan {
  const { project, observed, options } = situation;
  checkContainerNames(project);
  const networks = planNetworks(situation);
  const volumes = planVolumes(situation);
  const orphans = observed.containers.filter((container) => isOrphan(project, container));
  const orphanSteps = options.removeOrphans ? orphans.map(removeOrphan) : [];
  const warnings = [...networks.warnings, ...volumes.warnings];
  if (orphans.length > 0 && !options.removeOrphans && !options.ignoreOrphans)
    warnings.push(orphanWarning(orphans));

  const plans = new Map<string, ServicePlan>();
  for (const name of inDependencyOrder(project)) {
    const service = project.services[name];
    if (service) plans.set(name, planOne(situation, service, plans, networks, volumes));
  }
  const services = [...plans.values()];
  const steps = [
    ...networks.steps,
    ...volumes.steps,
    ...orphanSteps,
    ...services.flatMap(({ steps: own }) => own),
  ];
  const stops = stopSteps(situation, services, networks);
  const ordered = afterStops([...stops, ...steps], services, project);
  return { steps: afterNamesAreFree(ordered), warnings, services };
}

function planOne(
  situation: Situation,
  service: Service,
  plans: ReadonlyMap<string, ServicePlan>,
  networks: Resources,
  volumes: Resources,
): ServicePlan {
  const { project, hashes, imageIds } = situation;
  const places = new Map([...plans].map(([name, plan]) => [name, plan.places]));
  const resolved = resolveReferences(service, places);
  const expected = {
    service,
    configHash: hashes.service(resolved),
    imageId: imageIds.get(service.name),
    networks: networks.ids,
  };
  const keys = Object.keys(service.networks ?? {});
  const sources = (service.volumes ?? []).map(({ source }) => source ?? "");
  const before = dependenciesOf(project, service).flatMap(([name]) => plans.get(name) ?? []);
  return planService(situation, service, expected, {
    resources: [...stepsFor(networks, keys), ...stepsFor(volumes, sources)],
    references: referredTo(service).flatMap((name) => stepsOf(plans.get(name))),
    volumesFirst: volumesOf(service).some((key) => volumes.replaced.has(key)),
    turn: before.flatMap(({ steps }) => steps.filter(isReplacement).map(({ id }) => id)),
  });
}

/** Services whose containers go into the body of this one's. */
function referredTo(service: Service): string[] {
  const modes = [service.network_mode, service.ipc, service.pid];
  const shared = modes.flatMap((mode) =>
    mode?.startsWith("service:") ? [mode.slice("service:".length)] : [],
  );
  const from = (service.volumes_from ?? []).filter((text) => !text.startsWith("container:"));
  return [...shared, ...from, ...(service.links ?? [])].map((text) => text.split(":")[0] ?? "");
}

const stepsOf = (plan: ServicePlan | undefined) => plan?.places.flatMap(({ step }) => step ?? []) ?? [];

const stepsFor = ({ stepOf }: Resources, keys: readonly string[]) =>
  keys.flatMap((key) => stepOf.get(key) ?? []);

const isReplacement = ({ work }: Step) => work.kind === "recreate" || work.kind === "finish";

function removeOrphan(container: ObservedContainer): Step {
  const because = container.oneOff ? "a one-off container that ended" : "no service of the project";
  return { id: `remove ${container.name}`, needs: [], work: { kind: "remove", container, because } };
}

/**
 * Containers that are stopped first: those of dependents that ask to be restarted with what is
 * replaced, and those on a network that is made anew. They start again afterwards.
 */
function stopSteps(
  { project, observed }: Situation,
  services: readonly ServicePlan[],
  networks: Resources,
): Step[] {
  const restarted = services
    .filter(({ replaces }) => replaces)
    .flatMap(({ service }) => dependentsOf(project, service.name, ({ restart }) => restart === true));
  const ids = new Set(networks.stopped.map(({ id }) => id));
  const going = new Set(
    services.flatMap(({ steps }) =>
      steps.flatMap(({ work }) => (work.kind === "remove" ? [work.container.id] : [])),
    ),
  );
  return observed.containers
    .filter((container) => isAlive(container) && !container.oneOff && !going.has(container.id))
    .filter(({ id, service }) => ids.has(id) || restarted.includes(service))
    .map((container) => ({
      id: `stop ${container.name}`,
      needs: [],
      work: { kind: "stop", container },
    }));
}

/** Whatever replaces waits until dependents have stopped, and networks until nobody uses them. */
function afterStops(steps: readonly Step[], services: readonly ServicePlan[], project: Project): Step[] {
  const stops = steps.filter(({ work }) => work.kind === "stop");
  const removals = steps.filter(({ work }) => work.kind === "remove").map(({ id }) => id);
  const stopsOf = (names: readonly string[]) =>
    stops.flatMap(({ id, work }) =>
      work.kind === "stop" && names.includes(work.container.service) ? [id] : [],
    );
  const extra = new Map<string, readonly string[]>();
  for (const { service, steps: own } of services) {
    const dependents = dependentsOf(project, service.name, ({ restart }) => restart === true);
    // Its own stop, where it has one, comes before its replacement too.
    for (const step of own.filter(isReplacement)) extra.set(step.id, stopsOf([...dependents, service.name]));
  }
  const stopped = new Set(stops.flatMap(({ work }) => (work.kind === "stop" ? [work.container.id] : [])));
  return steps
    .filter(({ work }) => !(work.kind === "keep" && stopped.has(work.container.id)))
    .map((step) => {
      const more =
        step.work.kind === "replace-network"
          ? stops.map(({ id }) => id)
          : step.work.kind === "replace-volume"
            ? removals
            : (extra.get(step.id) ?? []);
      return more.length === 0 ? step : { ...step, needs: [...step.needs, ...more] };
    });
}

/** A name that is to be given waits for the removal of who bears it. */
function afterNamesAreFree(steps: readonly Step[]): Step[] {
  const freed = new Map(
    steps.flatMap(({ id, work }) => (work.kind === "remove" ? [[work.container.name, id] as const] : [])),
  );
  return steps.map((step) => {
    const { work } = step;
    if (work.kind !== "create" && work.kind !== "recreate" && work.kind !== "finish") return step;
    const first = freed.get(work.name);
    return first === undefined || step.needs.includes(first)
      ? step
      : { ...step, needs: [...step.needs, first] };
  });
}

function checkContainerNames(project: Project): void {
  const users = new Map<string, string>();
  for (const { name, container_name: chosen } of Object.values(project.services)) {
    if (chosen === undefined) continue;
    const other = users.get(chosen);
    if (other !== undefined) {
      throw invalidArgument(
        `services.${name}: container name ${JSON.stringify(chosen)} is already in use by service ${other}"`,
      );
    }
    users.set(chosen, name);
  }
}
