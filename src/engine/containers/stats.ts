import { cpus, totalmem } from "node:os";
import { isKind } from "../../errors/engine-error.ts";
import type { EngineContext } from "../context.ts";
import type { StatsSample } from "../services/containers.ts";
import { parseNetworkMode } from "./modes.ts";

/** One look at the counters of a container; of a stopped one there are none. */
export async function sampleStats(context: EngineContext, nameOrId: string): Promise<StatsSample> {
  const container = context.containers.find(nameOrId);
  const { record, task } = container;
  const base = { container: record, systemCpuNs: context.host.systemCpuNs(), onlineCpus: cpus().length };
  if (!task || !container.isRunning) return { ...base, networks: {} };
  try {
    const ownNetwork = ["bridge", "network"].includes(parseNetworkMode(record.hostConfig.NetworkMode).kind);
    const stats = await task.stats();
    const { memory } = stats;
    const limited = { ...stats, memory: { ...memory, limit: memory.limit || totalmem() } };
    return {
      ...base,
      stats: limited,
      networks: ownNetwork ? await context.networking.counters(record.id) : {},
    };
  } catch (error) {
    // It ended while we looked.
    if (isKind(error, "not_found") || !container.isRunning) return { ...base, networks: {} };
    throw error;
  }
}
