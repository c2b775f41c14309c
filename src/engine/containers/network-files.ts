import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { messageOf } from "../../errors/engine-error.ts";
import { log } from "../../lib/log.ts";
import { hostNetworkHostsFile, hostsFile } from "../../network/hosts-file.ts";
import { type ResolvConfKind, resolvConf, resolverLine } from "../../network/resolv-conf.ts";
import type { ContainerRecord } from "../../records/container-record.ts";
import type { RuntimeMount } from "../../runtime/runtime.ts";
import { hostResolvConf, reachableResolvConf } from "../../sys/host-resolv-conf.ts";
import type { EngineContext } from "../context.ts";
import { hostAddresses, usesResolver } from "../networks/names.ts";
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
      writeResolvConf(context, record, joined.endpoints),
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
    addresses: Object.values(joined.endpoints).flatMap(({ ipAddress, ipv6Address }) =>
      [ipAddress, ipv6Address].flatMap((address) => address || []),
    ),
    extraHosts,
    hostAddresses: usesResolver(context, joined.endpoints)
      ? []
      : hostAddresses(context, record.id, joined.endpoints),
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

async function writeResolvConf(
  context: EngineContext,
  record: ContainerRecord,
  endpoints: ContainerRecord["endpoints"],
): Promise<void> {
  const { resolvConf: path } = containerPaths(context, record);
  const text = resolvText(context, record, endpoints);
  await Promise.all([writeFile(path, text), writeFile(`${path}.hash`, digestOf(text))]);
}

const digestOf = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;

function resolvText(
  context: EngineContext,
  record: ContainerRecord,
  endpoints: ContainerRecord["endpoints"],
): string {
  const { hostConfig } = record;
  const { settings } = context;
  const or = (own: readonly string[], engineWide: readonly string[]) => (own.length > 0 ? own : engineWide);
  const isHost = parseNetworkMode(hostConfig.NetworkMode).kind === "host";
  const own: ResolvConfKind = usesResolver(context, endpoints) ? "resolver" : "plain";
  return resolvConf({
    kind: isHost ? "host" : own,
    host: own === "plain" && !isHost ? reachableResolvConf() : hostResolvConf(),
    servers: or(hostConfig.Dns, settings.dns),
    search: or(hostConfig.DnsSearch, settings.dnsSearch),
    options: or(hostConfig.DnsOptions, settings.dnsOptions),
    ipv6: Object.values(endpoints).some((endpoint) => endpoint.ipv6Address),
  });
}

/**
 * A running container came to its first network with names: from now on its file of name servers
 * names the resolver, unless somebody edited it. It never goes back while the container runs.
 */
export async function beginResolving(context: EngineContext, record: ContainerRecord): Promise<void> {
  if (!usesResolver(context, record.endpoints)) return;
  const { resolvConf: path } = containerPaths(context, record);
  try {
    const [text, digest] = await Promise.all([readFile(path, "utf8"), readFile(`${path}.hash`, "utf8")]);
    if (text.includes(resolverLine) || digestOf(text) !== digest) return;
    // In place: the file is mounted into the container.
    await writeResolvConf(context, record, record.endpoints);
  } catch (error) {
    log.warn(`cannot update /etc/resolv.conf: ${messageOf(error)}`, { container: record.id });
  }
}
