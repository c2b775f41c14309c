import { hostname as hostName } from "node:os";
import { log } from "../../lib/log.ts";
import type { ContainerRecord } from "../../records/container-record.ts";
import type { NamespaceChoice, RuntimeMount, TaskOptions } from "../../runtime/runtime.ts";
import type { EngineContext } from "../context.ts";
import { containerPaths } from "./directories.ts";
import { effectiveHostConfig } from "./effective-host-config.ts";
import type { JoinedNetworks } from "./join-networks.ts";
import { pidToJoin } from "./join-networks.ts";
import { linkVariables } from "./linked-containers.ts";
import type { LiveContainer } from "./live-container.ts";
import { logTarget } from "./log-target.ts";
import { buildEnvironment } from "./merge-config.ts";
import { parseIpcMode, parseNetworkMode, parsePidMode, parseUtsMode } from "./modes.ts";
import { writeNetworkFiles } from "./network-files.ts";

/** Everything the runtime must know for one start, from the record and what was prepared. */
export async function taskOptions(
  context: EngineContext,
  container: LiveContainer,
  prepared: { root: string; mounts: readonly RuntimeMount[]; joined: JoinedNetworks },
): Promise<TaskOptions> {
  const { record } = container;
  const { config } = record;
  const hostConfig = effectiveHostConfig(context, record);
  const own = await writeNetworkFiles(context, record, prepared.joined);
  const hostname = hostnameOf(context, record);
  return {
    id: record.id,
    config,
    hostConfig,
    command: [record.path, ...record.args],
    env: buildEnvironment(config, hostname, linkVariables(context, record)),
    rootfs: prepared.root,
    mounts: withOwnFiles(own, prepared.mounts),
    hostname,
    namespaces: {
      network: prepared.joined.namespace,
      pid: sharedOr(context, record, parsePidMode(hostConfig.PidMode), "pid"),
      ipc: sharedOr(context, record, parseIpcMode(hostConfig.IpcMode), "ipc"),
      uts: parseUtsMode(hostConfig.UTSMode).kind === "host" ? { kind: "host" } : { kind: "new" },
      cgroup: hostConfig.CgroupnsMode === "host" ? { kind: "host" } : { kind: "new" },
    },
    runtime: hostConfig.Runtime,
    log: await logTarget(containerPaths(context, record).log, record),
    expectAttached: container.pendingAttach.size,
    init: hostConfig.Init ?? false,
    defaultUlimits: context.settings.defaultUlimits,
    warn: (message) => log.warn(message, { container: record.id }),
  };
}

/** A container in another's network has that one's name. */
function hostnameOf(context: EngineContext, { config, hostConfig }: ContainerRecord): string {
  if (parseUtsMode(hostConfig.UTSMode).kind === "host") return hostName();
  const network = parseNetworkMode(hostConfig.NetworkMode);
  return network.kind === "container"
    ? context.containers.find(network.id).record.config.Hostname
    : config.Hostname;
}

/** The engine's own files (/etc/hosts …) come first; a mount of the user at the same place wins. */
function withOwnFiles(own: readonly RuntimeMount[], asked: readonly RuntimeMount[]): RuntimeMount[] {
  const taken = new Set(asked.map((mount) => mount.destination));
  const all = [...own.filter((mount) => !taken.has(mount.destination)), ...asked];
  const depth = (mount: RuntimeMount) => mount.destination.split("/").length;
  return all.sort((left, right) => depth(left) - depth(right));
}

function sharedOr(
  context: EngineContext,
  record: ContainerRecord,
  mode: { kind: string; id?: string },
  namespace: "pid" | "ipc",
): NamespaceChoice {
  if (mode.kind === "host") return { kind: "host" };
  if (mode.kind !== "container") return { kind: "new" };
  return { kind: "path", path: `/proc/${pidToJoin(context, record, mode.id ?? "")}/ns/${namespace}` };
}
