import type { EngineClient } from "../../../client/engine-client.ts";
import { isKind } from "../../../errors/engine-error.ts";
import { failpoint } from "../../../lib/failpoint.ts";
import { atLeast } from "../../../protocol/versions.ts";
import { networkBody } from "../../create/network-body.ts";
import { volumeBody } from "../../create/volume-body.ts";
import { networkHash, volumeHash } from "../../hash/config-hash.ts";
import { labels } from "../../labels.ts";
import { byAge } from "../plan/network-age.ts";
import type { Work } from "../plan/step.ts";
import type { Convergence } from "./convergence.ts";
import { reported, unlessGone } from "./work-on.ts";

export async function createNetwork(
  { context, project, apiVersion }: Convergence,
  key: string,
): Promise<void> {
  const network = project.networks[key];
  if (!network) throw new Error(`a step speaks of the network ${JSON.stringify(key)}, the project does not`);
  const body = networkBody(project, key, network, networkHash(network));
  await reported(context.report, `Network ${network.name}`, ["Creating", "Created"], async () => {
    await failpoint("compose.network");
    await context.engine.call("NetworkCreate", { body });
    if (!atLeast(apiVersion, uniqueNetworks)) await keepFirst(context.engine, project.name, network.name);
  });
}

/** From here on engines keep the names of networks unique whatever happens at the same time. */
const uniqueNetworks = "1.44";

/**
 * Before, two that ask at once get one each. Both look afterwards, and take away what is not the
 * first: whoever looks last sees all of them.
 */
async function keepFirst(engine: EngineClient, project: string, name: string): Promise<void> {
  const filters = JSON.stringify({ name: [name], label: [`${labels.project}=${project}`] });
  const list = await engine.call("NetworkList", { query: { filters } });
  const [, ...others] = list.filter(({ Name: bears }) => bears === name).sort(byAge);
  for (const { Id: id = "" } of others) await dropQuietly(engine, id ?? "");
}

/** What these engines say until the second one is gone again. */
export const isAmbiguous = (error: unknown): boolean =>
  isKind(error, "invalid_argument") && error.message.includes("is ambiguous");

/** Somebody may use it in spite of all: then it stays, and the next `up` looks again. */
async function dropQuietly(engine: EngineClient, id: string): Promise<void> {
  try {
    await engine.call("NetworkDelete", { params: { id } });
  } catch (error) {
    if (!isKind(error, "not_found") && !isKind(error, "forbidden") && !isKind(error, "conflict")) throw error;
  }
}

export async function dropNetwork({ context }: Convergence, id: string): Promise<void> {
  await dropQuietly(context.engine, id);
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
