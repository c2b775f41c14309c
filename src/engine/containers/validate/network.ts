import { isIP } from "node:net";
import type { ContainerConfig, PortMap } from "../../../records/container-config.ts";
import { parseLink } from "../links.ts";
import { parseNetworkMode } from "../modes.ts";
import { publishModeLabel, publishModes } from "../port-wishes.ts";
import { type Draft, quoted, refuse } from "./draft.ts";

/** Network mode and everything that depends on it. */
export function checkNetwork(config: ContainerConfig, { hostConfig, host, warnings }: Draft): void {
  const mode = parseNetworkMode(hostConfig.NetworkMode);
  if (mode.kind === "container") refuseSharedConflicts(config, hostConfig);
  if (mode.kind === "bridge") hostConfig.NetworkMode = "bridge";
  const links = hostConfig.Links ?? [];
  if (mode.kind === "host" && links.length > 0) {
    throw refuse(
      "conflicting options: host type networking can't be used with links. This would result in undefined behavior",
    );
  }
  for (const link of links) parseLink(link);
  checkNames(hostConfig);
  checkPortBindings(hostConfig.PortBindings);
  checkPublishMode(config.Labels[publishModeLabel]);
  if (!host.ipv4Forwarding && mode.kind !== "host" && mode.kind !== "none") {
    warnings.push("IPv4 forwarding is disabled. Networking will not work.");
  }
  if (mode.kind === "host" && Object.keys(hostConfig.PortBindings).length > 0) {
    warnings.push("Published ports are discarded when using host network mode");
  }
}

function refuseSharedConflicts(config: ContainerConfig, hostConfig: Draft["hostConfig"]): void {
  const conflicts: readonly (readonly [boolean, string])[] = [
    [config.Hostname !== "", "hostname and the network mode"],
    [
      (hostConfig.Links ?? []).length > 0,
      "container type network can't be used with links. This would result in undefined behavior",
    ],
    [hostConfig.Dns.length > 0, "dns and the network mode"],
    [(hostConfig.ExtraHosts ?? []).length > 0, "custom host-to-IP mapping and the network mode"],
    [
      Object.keys(hostConfig.PortBindings).length > 0 || hostConfig.PublishAllPorts,
      "port publishing and the container type network mode",
    ],
    [Object.keys(config.ExposedPorts ?? {}).length > 0, "port exposing and the container type network mode"],
  ];
  const conflict = conflicts.find(([isThere]) => isThere);
  if (conflict !== undefined) throw refuse(`conflicting options: ${conflict[1]}`);
}

function checkNames(hostConfig: Draft["hostConfig"]): void {
  for (const extra of hostConfig.ExtraHosts ?? []) {
    const colon = extra.indexOf(":");
    if (colon < 1 || /\s/.test(extra)) throw refuse(`bad format for add-host: ${quoted(extra)}`);
    const address = extra.slice(colon + 1);
    if (address !== "host-gateway" && isIP(address) === 0) {
      throw refuse(`invalid IP address in add-host: ${quoted(address)}`);
    }
  }
  for (const server of hostConfig.Dns) {
    if (isIP(server) === 0) throw refuse(`IP address is not correctly formatted: ${server}`);
  }
  for (const domain of hostConfig.DnsSearch) {
    if (domain !== "." && !isDomain(domain)) throw refuse(`${domain} is not a valid domain`);
  }
  for (const option of hostConfig.DnsOptions) {
    if (option === "" || /\s/.test(option)) throw refuse(`invalid DNS option: ${quoted(option)}`);
  }
}

function isDomain(name: string): boolean {
  return (
    name.length < 255 &&
    /[a-z]/i.test(name) &&
    /^[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?)*\.?$/i.test(name)
  );
}

export function checkPortBindings(bindings: PortMap): void {
  for (const [port, hosts] of Object.entries(bindings)) {
    if (!/^\d+(?:\/(?:tcp|udp|sctp))?$/i.test(port) || !isPort(Number.parseInt(port, 10))) {
      throw refuse(`invalid port specification: ${quoted(port)}`);
    }
    for (const { HostIp: address, HostPort: range } of hosts ?? []) {
      if (address !== "" && isIP(address) === 0) {
        throw refuse(`invalid IP address in port binding: ${quoted(address)}`);
      }
      if (range !== "") checkHostRange(range);
    }
  }
}

function checkPublishMode(mode: string | undefined): void {
  if (mode === undefined || publishModes.some((known) => known === mode)) return;
  const words = publishModes.map(quoted).join(" or ");
  throw refuse(`invalid value ${quoted(mode)} of label ${quoted(publishModeLabel)}: it must be ${words}`);
}

/** 0 is a host port as well: any free one. */
function checkHostRange(range: string): void {
  const [, first = "", last = first] = /^(\d+)(?:-(\d+))?$/.exec(range) ?? [];
  if (first === "" || Number(last) > 65535 || Number(first) > Number(last)) {
    throw refuse(`invalid port specification: ${quoted(range)}`);
  }
}

const isPort = (port: number) => port >= 1 && port <= 65535;
