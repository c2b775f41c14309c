import { readFile, writeFile } from "node:fs/promises";
import { hostNetworkHostsFile, hostsFile } from "../../network/hosts-file.ts";
import { resolvConf } from "../../network/resolv-conf.ts";
import type { ContainerRecord } from "../../records/container-record.ts";
import type { RuntimeMount } from "../../runtime/runtime.ts";
import type { EngineContext } from "../context.ts";
import { containerPaths } from "./directories.ts";
import type { JoinedNetworks } from "./join-networks.ts";
import { linkedContainers } from "./linked-containers.ts";
import { parseNetworkMode } from "./modes.ts";

/**
 * Writes /etc/hosts, /etc/resolv.conf and /etc/hostname of a container for this start and
 * gives the mounts that put them in place. A container in another's network uses that
 * one's files, so that both see one truth.
 */
export async function writeNetworkFiles(
  context: EngineContext,
  record: ContainerRecord,
  joined: JoinedNetworks,
): Promise<RuntimeMount[]> {
  const mode = parseNetworkMode(record.hostConfig.NetworkMode);
  const owner = mode.kind === "container" ? context.containers.find(mode.id).record : record;
  const paths = containerPaths(context, owner);
  if (owner === record) {
    await Promise.all([
      writeFile(paths.hosts, await hostsText(context, record, joined)),
      writeFile(paths.resolvConf, await resolvText(context, record)),
      writeFile(paths.hostname, `${record.config.Hostname}\n`),
    ]);
  }
  return [
    bind(paths.resolvConf, "/etc/resolv.conf"),
    bind(paths.hostname, "/etc/hostname"),
    bind(paths.hosts, "/etc/hosts"),
  ];
}

function bind(source: string, destination: string): RuntimeMount {
  return { source, destination, type: "bind", options: ["rbind", "rprivate"] };
}

async function hostsText(
  context: EngineContext,
  record: ContainerRecord,
  joined: JoinedNetworks,
): Promise<string> {
  const { hostConfig, config } = record;
  const extraHosts = hostConfig.ExtraHosts ?? [];
  const hostGateway = gatewayOf(context, joined);
  if (parseNetworkMode(hostConfig.NetworkMode).kind === "host") {
    return hostNetworkHostsFile(await readFile("/etc/hosts", "utf8"), extraHosts, hostGateway);
  }
  return hostsFile({
    hostname: config.Hostname,
    domainname: config.Domainname,
    addresses: Object.values(joined.endpoints).flatMap((endpoint) => endpoint.ipAddress ?? []),
    extraHosts,
    hostGateway,
    links: linkedContainers(context, record).map((link) => ({ address: link.ipAddress, names: link.names })),
  });
}

/** What `host-gateway` stands for: the operator's choice, else the host's end of the container's bridge. */
function gatewayOf(context: EngineContext, joined: JoinedNetworks): string {
  const [chosen] = context.settings.hostGatewayAddresses;
  if (chosen) return chosen;
  const own = Object.values(joined.endpoints).find((endpoint) => endpoint.gateway)?.gateway;
  return own ?? defaultBridgeGateway(context) ?? "127.0.0.1";
}

function defaultBridgeGateway(context: EngineContext): string | undefined {
  const bridge = context.records.networks.list().find((network) => network.name === "bridge");
  return bridge?.ipam.pools[0]?.gateway;
}

async function resolvText(context: EngineContext, record: ContainerRecord): Promise<string> {
  const { hostConfig } = record;
  const { settings } = context;
  const or = (own: readonly string[], engineWide: readonly string[]) => (own.length > 0 ? own : engineWide);
  return resolvConf({
    host: await readFile("/etc/resolv.conf", "utf8").catch(() => ""),
    servers: or(hostConfig.Dns, settings.dns),
    search: or(hostConfig.DnsSearch, settings.dnsSearch),
    options: or(hostConfig.DnsOptions, settings.dnsOptions),
    hostNetwork: parseNetworkMode(hostConfig.NetworkMode).kind === "host",
  });
}
