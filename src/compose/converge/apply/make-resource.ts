import { isKind } from "../../../errors/engine-error.ts";
import { failpoint } from "../../../lib/failpoint.ts";
import { networkBody } from "../../create/network-body.ts";
import { volumeBody } from "../../create/volume-body.ts";
import { networkHash, volumeHash } from "../../hash/config-hash.ts";
import type { Work } from "../step.ts";
import type { Convergence } from "./convergence.ts";
import { reported, unlessGone } from "./work-on.ts";

export async function createNetwork({ context, project }: Convergence, key: string): Promise<void> {
  const network = project.networks[key];
  if (!network) throw new Error(`a step speaks of the network ${JSON.stringify(key)}, the project does not`);
  const body = networkBody(project, key, network, networkHash(network));
  await reported(context.report, `Network ${network.name}`, ["Creating", "Created"], async () => {
    await failpoint("compose.network");
    await context.engine.call("NetworkCreate", { body });
  });
}

/** Who is on it has been stopped; those are made anew when the network is. */
export async function replaceNetwork(
  run: Convergence,
  { key, id, members }: Extract<Work, { kind: "replace-network" }>,
): Promise<void> {
  const { engine, report } = run.context;
  const task = `Network ${run.project.networks[key]?.name ?? key}`;
  for (const container of members) {
    const body = { Container: container, Force: true };
    await unlessGone(() => engine.call("NetworkDisconnect", { params: { id }, body }));
  }
  await reported(report, task, ["Removing", "Removed"], async () => {
    await ignoringGone(() => engine.call("NetworkDelete", { params: { id } }));
  });
  await failpoint("compose.network.removed");
  await createNetwork(run, key);
}

export async function createVolume({ context, project }: Convergence, key: string): Promise<void> {
  const volume = project.volumes[key];
  if (!volume) throw new Error(`a step speaks of the volume ${JSON.stringify(key)}, the project does not`);
  const body = volumeBody(project, key, volume, volumeHash(volume));
  await reported(context.report, `Volume ${volume.name}`, ["Creating", "Created"], async () => {
    await failpoint("compose.volume");
    await context.engine.call("VolumeCreate", { body });
  });
}

/** Containers that have it are removed by then. */
export async function replaceVolume(run: Convergence, key: string): Promise<void> {
  const name = run.project.volumes[key]?.name ?? key;
  await ignoringGone(() =>
    run.context.engine.call("VolumeDelete", { params: { name }, query: { force: true } }),
  );
  await createVolume(run, key);
}

async function ignoringGone(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isKind(error, "not_found")) throw error;
  }
}
