import type {
  ContainerConfig,
  ContainerInspectResponse,
  EndpointSettings,
  HostConfig,
  ImageInspect,
} from "../../protocol/generated/types.ts";
import type { Loose, NetworkWish, PortWish } from "./wish.ts";

const list = <T>(values: readonly T[] | null | undefined): readonly T[] => values ?? [];

export function networkOptions(
  config: ContainerConfig,
  host: HostConfig,
  image: ImageInspect | undefined,
): Loose {
  const ports = Object.entries(host.PortBindings ?? {}).flatMap(([key, bindings]) => {
    const [port = "", protocol = "tcp"] = key.split("/");
    return list(bindings).map(
      (one): PortWish => ({
        ip: one.HostIp ?? "",
        hostPort: one.HostPort === "0" ? "" : (one.HostPort ?? ""),
        port,
        protocol,
      }),
    );
  });
  const known = new Set([
    ...Object.keys(image?.Config?.ExposedPorts ?? {}),
    ...Object.keys(host.PortBindings ?? {}),
  ]);
  const mode = host.NetworkMode ?? "";
  return {
    ports,
    publishAll: host.PublishAllPorts || undefined,
    expose: Object.keys(config.ExposedPorts ?? {}).filter((port) => !known.has(port)),
    networkMode: isOwnNetwork(mode) ? "" : mode,
    dns: host.Dns,
    dnsOptions: host.DnsOptions,
    dnsSearch: host.DnsSearch,
    extraHosts: host.ExtraHosts,
    links: list(host.Links).map(linkText),
    macAddress: config.MacAddress,
  } as Loose;
}

/** `/db:/web/database` is `db:database`. */
function linkText(text: string): string {
  const [from = "", to = ""] = text.split(":");
  const alias = to.split("/").at(-1) ?? "";
  const name = from.replace(/^\//, "");
  return alias === "" || alias === name ? name : `${name}:${alias}`;
}

/** A network by its name, as against what is no network or somebody else's. */
function isOwnNetwork(mode: string): boolean {
  return mode !== "host" && mode !== "none" && !mode.startsWith("container:");
}

const bridge = ["", "default", "bridge"];

/** The network it was made with first; the default bridge only when there are others. */
export function networksOf(
  { HostConfig: host, NetworkSettings: settings }: ContainerInspectResponse,
  id: string,
): NetworkWish[] {
  const mode = host?.NetworkMode ?? "";
  if (!isOwnNetwork(mode)) return [];
  const all = Object.entries(settings?.Networks ?? {});
  const first = bridge.includes(mode) ? "bridge" : mode;
  const sorted = all.sort(([a, one], [b, other]) => rank(a, one) - rank(b, other));
  function rank(name: string, { NetworkID: network }: EndpointSettings): number {
    return name === first || network === first ? 0 : 1;
  }
  const wishes = sorted.map(
    ([name, endpoint]): NetworkWish => ({
      name,
      aliases: list(endpoint.Aliases).filter((alias) => alias !== id.slice(0, 12)),
      ipv4: endpoint.IPAMConfig?.IPv4Address ?? "",
      ipv6: endpoint.IPAMConfig?.IPv6Address ?? "",
      linkLocal: list(endpoint.IPAMConfig?.LinkLocalIPs),
      links: list(endpoint.Links).map(linkText),
      driverOptions: endpoint.DriverOpts ?? {},
      priority: endpoint.GwPriority ?? 0,
    }),
  );
  const [only] = wishes;
  return wishes.length === 1 && only && isPlainBridge(only) ? [] : wishes;
}

function isPlainBridge({
  name,
  aliases,
  ipv4,
  ipv6,
  linkLocal,
  links,
  driverOptions,
  priority,
}: NetworkWish): boolean {
  const extras = [...aliases, ...linkLocal, ...links, ...Object.keys(driverOptions)];
  return bridge.includes(name) && extras.length === 0 && ipv4 === "" && ipv6 === "" && priority === 0;
}
