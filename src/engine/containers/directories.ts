import { join } from "node:path";
import type { ContainerId, ContainerRecord } from "../../records/container-record.ts";
import type { EngineContext } from "../context.ts";

/** `<data-root>/containers/<id>`: hosts, resolv.conf, hostname and the log. */
export function containerDirectory(context: EngineContext, id: ContainerId): string {
  return join(context.settings.dataRoot, "containers", id);
}

export function containerPaths(context: EngineContext, record: ContainerRecord) {
  const directory = containerDirectory(context, record.id);
  return {
    hosts: join(directory, "hosts"),
    hostname: join(directory, "hostname"),
    resolvConf: join(directory, "resolv.conf"),
    log: logPath(directory, record),
  };
}

function logPath(directory: string, record: ContainerRecord): string {
  switch (record.hostConfig.LogConfig.Type) {
    case "json-file":
      return join(directory, `${record.id}-json.log`);
    case "local":
      return join(directory, "local-logs", "container.log");
    default:
      return "";
  }
}
