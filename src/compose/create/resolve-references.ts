import { invalidArgument } from "../../errors/engine-error.ts";
import type { Service } from "../model/service.ts";
import type { ContainersOf } from "./container-body.ts";

/**
 * Other services become the containers that stand for them, in the words Docker Compose writes,
 * so that the hash of the result is the one it finds: `network_mode: service:db` is the first
 * container of db.
 */
export function resolveReferences(service: Service, containersOf: ContainersOf): Service {
  const { volumes_from, network_mode, ipc, pid } = service;
  return {
    ...service,
    ...(volumes_from && { volumes_from: volumes_from.map((from) => sourceOf(from, containersOf)) }),
    ...(network_mode !== undefined && { network_mode: sharing(network_mode, "network", containersOf) }),
    ...(ipc !== undefined && { ipc: sharing(ipc, "IPC", containersOf) }),
    ...(pid !== undefined && { pid: sharing(pid, "PID", containersOf) }),
  };
}

/** `db`, `db:ro` or `container:name:ro` without the last word. */
export function sourceOf(from: string, containersOf: ContainersOf): string {
  const [first = "", second = ""] = from.split(":");
  if (first === "container") return second;
  const container = firstOf(first, containersOf);
  if (!container) throw invalidArgument(`cannot share volume with service ${first}: container missing`);
  return container.id;
}

function sharing(mode: string, kind: string, containersOf: ContainersOf): string {
  const name = /^service:(.*)$/s.exec(mode)?.[1];
  if (name === undefined) return mode;
  const container = firstOf(name, containersOf);
  if (!container) {
    throw invalidArgument(`cannot share ${kind} namespace with service ${name}: container missing`);
  }
  return `container:${container.id}`;
}

/** By name, as Docker Compose sorts them. */
function firstOf(service: string, containersOf: ContainersOf) {
  return [...(containersOf.get(service) ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1))[0];
}
