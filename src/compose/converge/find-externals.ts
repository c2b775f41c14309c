import type { EngineClient } from "../../client/engine-client.ts";
import { isKind } from "../../errors/engine-error.ts";
import type { Network } from "../../protocol/generated/types.ts";
import type { Project } from "../model/project.ts";
import type { ObservedProject } from "../observe/observed.ts";

/**
 * External networks may be named by their id, and those of a swarm are not seen before somebody is
 * on them: both are asked for only when no network bears the name.
 */
export async function withExternals(
  engine: EngineClient,
  project: Project,
  observed: ObservedProject,
): Promise<ObservedProject> {
  const missing = Object.values(project.networks).filter(
    ({ external, name }) => external && !observed.networks.some(({ Name: other }) => other === name),
  );
  if (missing.length === 0) return observed;
  const found = await Promise.all(missing.map(({ name }) => findNetwork(engine, name)));
  return { ...observed, networks: [...observed.networks, ...found.flatMap((network) => network ?? [])] };
}

async function findNetwork(engine: EngineClient, name: string): Promise<Network | undefined> {
  try {
    const network = await engine.call("NetworkInspect", { params: { id: name } });
    // The engine takes the beginning of an id too.
    return network.Id === name ? network : undefined;
  } catch (error) {
    if (!isKind(error, "not_found")) throw error;
  }
  const { Swarm: swarm } = await engine.call("SystemInfo");
  const state = swarm?.LocalNodeState;
  if (state === "active" || state === "pending") return { Name: name, Id: "", Scope: "swarm" };
  return undefined;
}
