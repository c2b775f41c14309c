import type { Project } from "../../model/project.ts";
import type { Service } from "../../model/service.ts";
import type { ObservedContainer } from "../../observe/observed.ts";
import type { UpOptions } from "../up-options.ts";

export interface Expected {
  readonly service: Service;
  readonly configHash: string;
  /** Undefined: the image is not there yet. */
  readonly imageId: string | undefined;
  /** Ids of the project's networks by key; undefined: it is yet to be made, or made anew. */
  readonly networks: ReadonlyMap<string, string | undefined>;
}

/** Why a container cannot stay as it is; undefined: it can. */
export function recreateReason(
  project: Project,
  container: ObservedContainer,
  expected: Expected,
  policy: UpOptions["recreate"],
): string | undefined {
  if (policy === "never") return undefined;
  if (policy === "always") return "forced";
  if (container.configHash !== expected.configHash) return "its configuration changed";
  if (container.image !== expected.imageId) return "its image changed";
  for (const key of Object.keys(expected.service.networks ?? {})) {
    if (!isConnected(project, container, key, expected.networks.get(key))) {
      return `it is not connected to the network ${key}`;
    }
  }
  for (const key of volumesOf(expected.service)) {
    if (!isMounted(project, container, key)) return `the volume ${key} is not mounted`;
  }
  return undefined;
}

/** Engines know the id of a network only from the first start on. */
function isConnected(
  project: Project,
  { summary }: ObservedContainer,
  key: string,
  id: string | undefined,
): boolean {
  if (id === swarmNetwork) return true;
  const endpoints = summary.NetworkSettings?.Networks ?? {};
  const byId = id !== undefined && Object.values(endpoints).some(({ NetworkID: other }) => other === id);
  const named = endpoints[project.networks[key]?.name ?? ""];
  return byId || (named !== undefined && !named.NetworkID && id !== undefined);
}

/** Networks of a swarm are not visible before a container of this machine is on them. */
export const swarmNetwork = "swarm";

function isMounted(project: Project, { summary }: ObservedContainer, key: string): boolean {
  const name = project.volumes[key]?.name;
  return (summary.Mounts ?? []).some((mount) => mount.Type === "volume" && mount.Name === name);
}

/** Keys of the project's volumes it mounts. */
export function volumesOf(service: Service): string[] {
  return (service.volumes ?? []).flatMap(({ type, source }) => (type === "volume" && source ? [source] : []));
}
