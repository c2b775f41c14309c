import { namesOf } from "../../engine/networks/names.ts";
import { isPredefinedNetwork } from "../../engine/networks/predefined.ts";
import type { ContainerView } from "../../engine/services/containers.ts";
import type { EndpointSettings, NetworkSettings, Port, PortMap } from "../../protocol/generated/types.ts";
import type { ApiVersion } from "../../protocol/versions.ts";
import { atLeast } from "../../protocol/versions.ts";
import type { ContainerEndpoint, ContainerRecord } from "../../records/container-record.ts";

export function endpointSettings(
  record: ContainerRecord,
  network: string,
  endpoint: ContainerEndpoint,
  version: ApiVersion,
): EndpointSettings {
  const { request } = endpoint;
  return {
    IPAMConfig: request.IPAMConfig
      ? { ...request.IPAMConfig, LinkLocalIPs: [...(request.IPAMConfig.LinkLocalIPs ?? [])] }
      : null,
    Links: request.Links ? [...request.Links] : null,
    Aliases: request.Aliases ? [...request.Aliases] : null,
    MacAddress: endpoint.macAddress ?? "",
    DriverOpts: request.DriverOpts ? { ...request.DriverOpts } : null,
    ...(atLeast(version, "1.48") && { GwPriority: request.GwPriority ?? 0 }),
    NetworkID: endpoint.networkId,
    EndpointID: endpoint.endpointId ?? "",
    Gateway: endpoint.gateway ?? "",
    IPAddress: endpoint.ipAddress ?? "",
    IPPrefixLen: endpoint.ipPrefixLength ?? 0,
    IPv6Gateway: endpoint.ipv6Gateway ?? "",
    GlobalIPv6Address: endpoint.ipv6Address ?? "",
    GlobalIPv6PrefixLen: endpoint.ipv6PrefixLength ?? 0,
    ...(atLeast(version, "1.44") && {
      DNSNames: isPredefinedNetwork(network) ? null : namesOf(record, endpoint),
    }),
  };
}

function networks(record: ContainerRecord, version: ApiVersion): Record<string, EndpointSettings> {
  return Object.fromEntries(
    Object.entries(record.endpoints).map(([name, endpoint]) => [
      name,
      endpointSettings(record, name, endpoint, version),
    ]),
  );
}

export function summaryNetworks(record: ContainerRecord, version: ApiVersion) {
  return { Networks: networks(record, version) };
}

export function networkSettings(view: ContainerView, version: ApiVersion): NonNullable<NetworkSettings> {
  const { record } = view;
  // The fields outside of Networks tell of the default bridge alone.
  const bridge = record.endpoints.bridge;
  return {
    Bridge: "",
    SandboxID: view.sandboxPath === undefined ? "" : record.id,
    SandboxKey: view.sandboxPath ?? "",
    Ports: portMap(record),
    HairpinMode: false,
    LinkLocalIPv6Address: "",
    LinkLocalIPv6PrefixLen: 0,
    SecondaryIPAddresses: null,
    SecondaryIPv6Addresses: null,
    EndpointID: bridge?.endpointId ?? "",
    Gateway: bridge?.gateway ?? "",
    GlobalIPv6Address: bridge?.ipv6Address ?? "",
    GlobalIPv6PrefixLen: bridge?.ipv6PrefixLength ?? 0,
    IPAddress: bridge?.ipAddress ?? "",
    IPPrefixLen: bridge?.ipPrefixLength ?? 0,
    IPv6Gateway: bridge?.ipv6Gateway ?? "",
    MacAddress: bridge?.macAddress ?? "",
    Networks: networks(record, version),
  };
}

const isUp = (record: ContainerRecord) =>
  record.state.status === "running" || record.state.status === "paused";

/** Exposed ports of a running container, with null for those that are not published. */
function exposedPorts(record: ContainerRecord): string[] {
  const ports = new Set(Object.keys(record.config.ExposedPorts ?? {}));
  for (const port of Object.keys(record.hostConfig.PortBindings)) ports.add(port);
  return [...ports].map((port) => (port.includes("/") ? port : `${port}/tcp`));
}

function portMap(record: ContainerRecord): PortMap {
  const ports: Record<string, { HostIp: string; HostPort: string }[] | null> = {};
  if (!isUp(record)) return ports;
  if (record.hostConfig.NetworkMode !== "host" && record.hostConfig.NetworkMode !== "none") {
    for (const port of exposedPorts(record)) ports[port] = null;
  }
  for (const published of record.ports) {
    const key = `${published.containerPort}/${published.protocol}`;
    const list = ports[key] ?? [];
    list.push({ HostIp: published.hostIp, HostPort: String(published.hostPort) });
    ports[key] = list;
  }
  return ports;
}

export function portList(record: ContainerRecord): Port[] {
  const list: Port[] = [];
  for (const [key, bindings] of Object.entries(portMap(record) ?? {})) {
    const [port, type] = key.split("/");
    const common = { PrivatePort: Number(port), Type: portType(type) };
    if (!Number.isInteger(common.PrivatePort)) continue;
    if (!bindings) list.push(common);
    for (const { HostIp, HostPort } of bindings ?? []) {
      list.push({ IP: HostIp ?? "", ...common, PublicPort: Number(HostPort) });
    }
  }
  return list;
}

function portType(word: string | undefined): "tcp" | "udp" | "sctp" {
  return word === "udp" || word === "sctp" ? word : "tcp";
}
