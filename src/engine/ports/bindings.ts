import type { PortBinding, PortMap } from "../../records/container-config.ts";
import type { PublishedPort } from "../../records/container-record.ts";
import type { PortSpec } from "../services/ports.ts";

/** The bindings of a container's configuration with some added; what is there already is not doubled. */
export function withBindings(bindings: PortMap, specs: readonly PortSpec[]): PortMap {
  const now: Record<string, readonly PortBinding[] | null> = { ...bindings };
  for (const { containerPort, protocol, HostIp, HostPort } of specs) {
    const key = keyIn(now, `${containerPort}/${protocol}`);
    const list = now[key] ?? [];
    const isThere = list.some((one) => one.HostIp === HostIp && one.HostPort === HostPort && HostPort !== "");
    now[key] = isThere ? list : [...list, { HostIp, HostPort }];
  }
  return now;
}

/**
 * The bindings without those that opened these ports. A binding without an address opened a
 * port on several, and goes only with the last of them.
 */
export function withoutPorts(
  bindings: PortMap,
  closed: readonly PublishedPort[],
  left: readonly PublishedPort[],
): PortMap {
  const now: Record<string, readonly PortBinding[] | null> = {};
  for (const [key, list] of Object.entries(bindings)) {
    const of = (ports: readonly PublishedPort[]) =>
      ports.filter((port) => `${port.containerPort}/${port.protocol}` === withProtocol(key));
    const goes = (binding: PortBinding) =>
      of(closed).some((port) => opened(binding, port)) && !of(left).some((port) => opened(binding, port));
    // Null and an empty list want one port of the host, whichever.
    const asList = list && list.length > 0 ? list : [{ HostIp: "", HostPort: "" }];
    const kept = asList.filter((binding) => !goes(binding));
    if (kept.length === asList.length) now[key] = list;
    else if (kept.length > 0) now[key] = kept;
  }
  return now;
}

function opened(binding: PortBinding, port: PublishedPort): boolean {
  if (binding.HostIp !== "" && binding.HostIp !== port.hostIp) return false;
  const [first = "", last = first] = binding.HostPort.split("-", 2);
  if (Number(first) === 0) return true;
  return Number(first) <= port.hostPort && port.hostPort <= Number(last);
}

const withProtocol = (key: string): string => (key.includes("/") ? key.toLowerCase() : `${key}/tcp`);

/** Keys may lack the protocol; the one that is there already is used. */
const keyIn = (bindings: PortMap, wanted: string): string =>
  Object.keys(bindings).find((key) => withProtocol(key) === wanted) ?? wanted;
