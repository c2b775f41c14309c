import type { EngineAddress } from "../../../client/engine-address.ts";
import { failpoint } from "../../../lib/failpoint.ts";
import type { ContainerSummary } from "../../../protocol/generated/types.ts";
import type { PlannedContainer } from "../../create/container-body.ts";
import { planContainer } from "../../create/plan-container.ts";
import { resolveReferences } from "../../create/resolve-references.ts";
import { serviceHash } from "../../hash/config-hash.ts";
import type { Service } from "../../model/service.ts";
import { containerName } from "../../names.ts";
import type { ObservedContainer } from "../../observe/observed.ts";
import { observedContainer } from "../../observe/observed-container.ts";
import { containerTask } from "../../task.ts";
import type { Convergence } from "./convergence.ts";
import { whoseName } from "./foreign-name.ts";
import { makePlanned } from "./make-planned.ts";
import { reported, unlessGone } from "./work-on.ts";

// trail: compose up
export async function createContainer(run: Convergence, service: Service, number: number): Promise<void> {
  const task = containerTask(containerName(run.project, service, number));
  await reported(run.context.report, task, ["Creating", "Created"], async () => {
    run.put(await make(run, service, number, undefined));
  });
}

/**
 * The successor is made beside the old one, which then goes; its name is what it gets last. Every
 * moment in between is one the next `up` knows how to go on from: see `findLeftovers`.
 */
export async function recreateContainer(
  run: Convergence,
  service: Service,
  old: ObservedContainer,
): Promise<void> {
  await reported(run.context.report, containerTask(old.name), ["Recreate", "Recreated"], async () => {
    const successor = await make(run, service, old.number, old);
    await using undo = new AsyncDisposableStack();
    undo.defer(() => discard(run, successor));
    await failpoint("compose.recreate.made");
    await takePlace(run, service, successor, old, () => undo.move());
  });
}

/** Makes the container that takes a place, without touching who is in it. */
export async function makeSuccessor(
  run: Convergence,
  service: Service,
  old: ObservedContainer,
): Promise<ObservedContainer> {
  return await make(run, service, old.number, old);
}

/** The old one goes, and the successor gets the name. `point` is called when there is no way back. */
export async function takePlace(
  run: Convergence,
  service: Service,
  successor: ObservedContainer,
  old: ObservedContainer,
  point: () => void = () => {},
): Promise<ObservedContainer> {
  const { engine } = run.context;
  const { timeout } = run.options;
  await unlessGone(() =>
    engine.call("ContainerStop", {
      params: { id: old.id },
      ...(timeout !== undefined && { query: { t: timeout } }),
    }),
  );
  await failpoint("compose.recreate.stopped");
  await unlessGone(() => engine.call("ContainerDelete", { params: { id: old.id }, query: { force: true } }));
  point();
  run.drop(old);
  await failpoint("compose.recreate.removed");
  return await giveName(run, successor, containerName(run.project, service, old.number));
}

/** The last step of a replacement. Who was killed, or another run, may have taken it already. */
export async function giveName(
  run: Convergence,
  container: ObservedContainer,
  name: string,
): Promise<ObservedContainer> {
  const { engine } = run.context;
  const params = { id: container.id };
  try {
    await engine.call("ContainerRename", { params, query: { name } });
  } catch (error) {
    const { Name: bears } = await engine.call("ContainerInspect", { params });
    if (bears !== `/${name}`) throw error;
  }
  const named = { ...container, name, replaces: undefined };
  run.put(named);
  return named;
}

export async function discard(run: Convergence, container: ObservedContainer): Promise<void> {
  await unlessGone(() =>
    run.context.engine.call("ContainerDelete", { params: { id: container.id }, query: { force: true } }),
  );
  run.drop(container);
}

async function make(
  run: Convergence,
  service: Service,
  number: number,
  replaces: ObservedContainer | undefined,
): Promise<ObservedContainer> {
  const planned = planFor(run, service, number, replaces);
  const { context, project } = run;
  const id = await makePlanned(context, planned, service.name).catch(async (error) => {
    throw await whoseName(context.engine, project.name, planned.name, error);
  });
  const summary: ContainerSummary = {
    Id: id,
    Names: [`/${planned.name}`],
    Image: planned.body.Image ?? null,
    Labels: planned.body.Labels ?? {},
    State: "created",
  };
  return observedContainer(summary);
}

/** Pure: what the engine is asked for. */
export function planFor(
  run: Convergence,
  service: Service,
  number: number,
  replaces: ObservedContainer | undefined,
): PlannedContainer {
  const { project, images, containersOf, apiVersion, context } = run;
  return planContainer({
    project,
    service,
    number,
    image: images.get(service.name) ?? { id: "", volumes: [] },
    containersOf,
    inherited: replaces && !run.options.renewAnonymousVolumes ? volumesOf(replaces) : new Map(),
    configHash: serviceHash(resolveReferences(service, containersOf)),
    ...(replaces && { replaces }),
    apiVersion,
    ...(context.proxies && { proxies: context.proxies }),
    ...apiSocketOf(context.engine.address),
  });
}

/** Known where the engine is on this machine. */
function apiSocketOf({ address, via }: EngineAddress): { apiSocket?: string } {
  return address.kind === "unix" && !via ? { apiSocket: address.path } : {};
}

function volumesOf({ summary }: ObservedContainer): ReadonlyMap<string, string> {
  return new Map(
    (summary.Mounts ?? []).flatMap(({ Type: type, Name: name, Destination: path }) =>
      type === "volume" && name && path ? [[path, name] as const] : [],
    ),
  );
}
