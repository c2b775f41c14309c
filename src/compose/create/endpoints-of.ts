import { invalidArgument } from "../../errors/engine-error.ts";
import type { EndpointSettings } from "../../protocol/generated/types.ts";
import { atLeast } from "../../protocol/versions.ts";
import { containerName } from "../names.ts";
import type { ContainerWish } from "./container-body.ts";
import { linksOf } from "./links-of.ts";

export interface PlannedNetworks {
  /** `HostConfig.NetworkMode`. */
  readonly mode: string;
  /** Of the container as a whole: engines before 25 know no other. */
  readonly macAddress: string;
  readonly atCreation: Record<string, EndpointSettings> | undefined;
  readonly afterwards: readonly { readonly network: string; readonly endpoint: EndpointSettings }[];
}

const interfaceOption = "com.docker.network.endpoint.ifname";

/** Which networks a container is made with, and which it is connected to afterwards. `mode`: references are resolved. */
export function networksOf(wish: ContainerWish, mode: string | undefined): PlannedNetworks {
  const { project } = wish;
  const newer = atLeast(wish.apiVersion, "1.44");
  const macAddress = newer ? "" : oldMacAddress(wish);
  if (mode) return { mode, macAddress, atCreation: undefined, afterwards: [] };
  if (Object.keys(project.networks).length === 0) {
    return { mode: "none", macAddress, atCreation: undefined, afterwards: [] };
  }
  refuseInterfaceNames(wish);
  const [first = "default", ...rest] = byPriority(wish);
  const plan = (key: string) => ({ network: networkName(wish, key), endpoint: endpointOf(wish, key, first) });
  const primary = plan(first);
  const others = rest.map(plan);
  return {
    mode: primary.network,
    macAddress,
    atCreation: Object.fromEntries(
      [primary, ...(newer ? others : [])].map(({ network, endpoint }) => [network, endpoint]),
    ),
    afterwards: newer ? [] : others,
  };
}

/** The first one is the container's own: the one ports are published through. */
function byPriority({ service }: ContainerWish): string[] {
  const priority = (key: string) => service.networks?.[key]?.priority ?? 0;
  return Object.keys(service.networks ?? {}).sort((a, b) => priority(b) - priority(a) || (a < b ? -1 : 1));
}

function networkName({ project, service }: ContainerWish, key: string): string {
  const network = project.networks[key];
  if (!network)
    throw invalidArgument(`service ${JSON.stringify(service.name)} refers to undefined network ${key}`);
  return network.name;
}

function endpointOf(wish: ContainerWish, key: string, primary: string): EndpointSettings {
  const { service } = wish;
  const wanted = service.networks?.[key];
  const newer = atLeast(wish.apiVersion, "1.44");
  const own = newer && key === primary ? service.mac_address : undefined;
  const options = driverOptions(wish, key);
  return {
    Aliases: aliases(wish, wanted?.aliases ?? []),
    Links: linksOf(wish),
    ...(wanted && {
      IPAMConfig: {
        IPv4Address: wanted.ipv4_address ?? "",
        IPv6Address: wanted.ipv6_address ?? "",
        LinkLocalIPs: [...(wanted.link_local_ips ?? [])],
      },
      IPAddress: wanted.ipv4_address ?? "",
    }),
    MacAddress: wanted?.mac_address || own || "",
    ...(options && { DriverOpts: options }),
    GwPriority: wanted?.gw_priority ?? 0,
  };
}

function aliases(wish: ContainerWish, more: readonly string[]): string[] {
  const { project, service, number, oneOff } = wish;
  const own = oneOff
    ? (service.container_name ?? `${project.name}-${service.name}-run-${oneOff.slug.slice(0, 12)}`)
    : containerName(project, service, number);
  return oneOff && !oneOff.useAliases ? [own] : [own, service.name, ...more];
}

function driverOptions({ service }: ContainerWish, key: string): Record<string, string> | undefined {
  const wanted = service.networks?.[key];
  if (!wanted?.interface_name) return wanted?.driver_opts && { ...wanted.driver_opts };
  return { [interfaceOption]: wanted.interface_name, ...wanted.driver_opts };
}

function refuseInterfaceNames({ service, apiVersion }: ContainerWish): void {
  const named = Object.values(service.networks ?? {}).some((network) => network?.interface_name);
  if (named && !atLeast(apiVersion, "1.49")) {
    throw invalidArgument("interface_name requires Docker Engine v28.1 or later");
  }
}

/** Engines before 25 have one address for the container, not one for each network. */
function oldMacAddress(wish: ContainerWish): string {
  const { service } = wish;
  const networks = Object.entries(service.networks ?? {});
  const named = networks.filter(([, network]) => network?.mac_address).map(([key]) => key);
  if (named.length > 1) {
    throw invalidArgument(
      `a MAC address is specified for multiple networks (${named.sort().join(", ")}), but this feature requires Docker Engine v25 or later`,
    );
  }
  const first = byPriority(wish)[0] ?? "";
  const [only] = named;
  if (only !== undefined && only !== first) {
    throw invalidArgument(
      `a MAC address is specified for network ${only}, which is not the first one (${first}): this requires Docker Engine v25 or later`,
    );
  }
  return service.networks?.[first]?.mac_address || service.mac_address || "";
}

/** Two addresses for the first network cannot both be. */
export function checkMacAddress(wish: ContainerWish): void {
  const first = byPriority(wish)[0] ?? "";
  const [own, network] = [wish.service.mac_address, wish.service.networks?.[first]?.mac_address];
  if (own && network && own !== network) {
    throw invalidArgument(`the service-level mac_address should have the same value as network ${first}`);
  }
}
