import type { ComposeContext } from "../compose-context.ts";
import { makePlanned } from "../converge/apply/make-planned.ts";
import { archiveOf } from "../converge/apply/start-container.ts";
import { bringImages, findImages, imageNeeds, serviceImages } from "../converge/ensure-images.ts";
import { prepareProject } from "../converge/prepare-project.ts";
import { startDependencies } from "../converge/start-dependencies.ts";
import type { UpOptions } from "../converge/up-options.ts";
import type { ContainersOf } from "../create/container-body.ts";
import { planContainer } from "../create/plan-container.ts";
import { resolveReferences } from "../create/resolve-references.ts";
import { serviceHash } from "../hash/config-hash.ts";
import type { Project } from "../model/project.ts";
import { observeForProject } from "../observe/observe-project.ts";
import type { ObservedContainer } from "../observe/observed.ts";
import { serviceOf } from "../select/select-services.ts";

export interface OneOffOptions {
  readonly up: UpOptions;
  readonly autoRemove: boolean;
  readonly useAliases: boolean;
  readonly interactive: boolean;
}

/**
 * The container of one `run`, made and not started, after what its service depends on. The project
 * has the service as the command line wants it.
 */
export async function createOneOff(
  context: ComposeContext,
  wanted: Project,
  name: string,
  { up, autoRemove, useAliases, interactive }: OneOffOptions,
): Promise<string> {
  const { engine } = context;
  await startDependencies(context, wanted, name, up);
  const project = prepareProject(context, wanted, { ...up, services: [name], noDependencies: true });
  const service = serviceOf(project, name);
  const found = await findImages(engine, project);
  const needs = imageNeeds(project, found, up, Date.now());
  const brought = await bringImages(context, project, found, needs, up);
  const image = serviceImages(project, brought).get(name) ?? { id: "", volumes: [] };
  const observed = await observeForProject(engine, wanted);
  const containersOf = standing(observed.containers);
  const planned = planContainer({
    project,
    service,
    number: 1,
    image,
    containersOf,
    inherited: new Map(),
    configHash: serviceHash(resolveReferences(service, containersOf)),
    oneOff: { slug: randomSlug(), useAliases, autoRemove, interactive },
    apiVersion: await engine.version(),
    ...(context.proxies && { proxies: context.proxies }),
  });
  const id = await makePlanned(context, planned, name);
  await using undo = new AsyncDisposableStack();
  undo.defer(async () => {
    await engine.call("ContainerDelete", { params: { id }, query: { force: true, v: true } });
  });
  if (planned.files.length > 0) {
    await engine.call("PutContainerArchive", {
      params: { id },
      query: { path: "/" },
      upload: archiveOf(planned.files, Math.floor(Date.now() / 1000)),
      headers: { "Content-Type": "application/x-tar" },
    });
  }
  undo.move();
  return id;
}

/** Those others refer to, by service. */
function standing(containers: readonly ObservedContainer[]): ContainersOf {
  return Map.groupBy(
    containers.filter(({ oneOff, replaces }) => !oneOff && replaces === undefined),
    ({ service }) => service,
  );
}

function randomSlug(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("hex");
}
