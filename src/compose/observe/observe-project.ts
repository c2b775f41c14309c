import type { EngineClient } from "../../client/engine-client.ts";
import type { Network, Volume } from "../../protocol/generated/types.ts";
import { labels } from "../labels.ts";
import type { Project } from "../model/project.ts";
import type { ObservedContainer, ObservedProject } from "./observed.ts";
import { observedContainer } from "./observed-container.ts";

/** Everything that bears the project's label: three questions, asked at once. */
export async function observeProject(engine: EngineClient, name: string): Promise<ObservedProject> {
  const filters = { label: [`${labels.project}=${name}`] };
  const [containers, networks, volumes] = await Promise.all([
    observeContainers(engine, name),
    listNetworks(engine, filters),
    listVolumes(engine, filters),
  ]);
  return { name, containers, networks, volumes };
}

/**
 * The project's containers, and whatever bears the names of its networks and volumes, whoever made
 * it: `up` goes on with what is there, or says why not.
 */
export async function observeForProject(engine: EngineClient, project: Project): Promise<ObservedProject> {
  const networkNames = Object.values(project.networks).map(({ name }) => name);
  const volumeNames = Object.values(project.volumes).map(({ name }) => name);
  const [containers, networks, volumes] = await Promise.all([
    observeContainers(engine, project.name),
    observeNetworks(engine, networkNames),
    observeVolumes(engine, volumeNames),
  ]);
  return { name: project.name, containers, networks, volumes };
}

export async function observeContainers(engine: EngineClient, name: string): Promise<ObservedContainer[]> {
  const filters = { label: [`${labels.project}=${name}`, labels.configHash] };
  const list = await engine.call("ContainerList", { query: { all: true, filters: JSON.stringify(filters) } });
  return list.map(observedContainer);
}

/** Those that bear one of the names, whoever made them: the engine's filter finds parts of names too. */
export async function observeVolumes(engine: EngineClient, names: readonly string[]): Promise<Volume[]> {
  if (names.length === 0) return [];
  const list = await listVolumes(engine, { name: names });
  return list.filter(({ Name: name }) => names.includes(name));
}

async function observeNetworks(engine: EngineClient, names: readonly string[]): Promise<Network[]> {
  if (names.length === 0) return [];
  const list = await listNetworks(engine, { name: names });
  return list.filter(({ Name: name }) => names.includes(name ?? ""));
}

async function listNetworks(
  engine: EngineClient,
  filters: Readonly<Record<string, readonly string[]>>,
): Promise<Network[]> {
  return await engine.call("NetworkList", { query: { filters: JSON.stringify(filters) } });
}

async function listVolumes(
  engine: EngineClient,
  filters: Readonly<Record<string, readonly string[]>>,
): Promise<Volume[]> {
  const { Volumes: volumes } = await engine.call("VolumeList", {
    query: { filters: JSON.stringify(filters) },
  });
  return volumes ?? [];
}
