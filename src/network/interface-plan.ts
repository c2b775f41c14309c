import { invalidArgument } from "../errors/engine-error.ts";
import { broadcastOf, formatAddress, lastOf } from "../lib/ip.ts";
import type { NetworkRecord } from "../records/network-record.ts";
import type { NetworkTable } from "../records/records.ts";
import { hasFamily, isInterfaceName } from "./bridge-options.ts";
import { type Pool, takeAddress } from "./ipam.ts";
import type { InnerPlan, InterfaceAddress } from "./kernel.ts";
import { linkLocalOf, macFor, parseMac } from "./mac-address.ts";
import type { Endpoint, EndpointWish } from "./network.ts";

/** What an endpoint is before it is made: all but its interface's name. */
export type NewEndpoint = Omit<Endpoint, "interfaceName">;

/** Takes the addresses of an endpoint, wanted or free ones, and writes them down: all or none. */
export function takeEndpoint(
  table: NetworkTable,
  network: NetworkRecord,
  containerId: string,
  wish: EndpointWish,
): NewEndpoint {
  for (const [family, wanted] of [
    [4, wish.ipv4],
    [6, wish.ipv6],
  ] as const) {
    if (wanted && !hasFamily(network, family)) {
      throw invalidArgument(`network ${network.name} has no IPv${family} subnet for address ${wanted}`);
    }
  }
  const wishedMac = wish.macAddress ? parseMac(wish.macAddress) : undefined;
  try {
    const take = (family: 4 | 6, wanted: string | undefined) =>
      hasFamily(network, family) ? takeAddress(table, network, containerId, family, wanted) : undefined;
    const ipv4 = take(4, wish.ipv4);
    const ipv6 = take(6, wish.ipv6);
    return {
      endpointId: randomId(),
      networkId: network.id,
      containerId,
      macAddress: wishedMac ?? macFor(ipv4?.address ?? ipv6?.address ?? "0.0.0.0"),
      ipAddress: ipv4?.address ?? "",
      ipPrefixLength: ipv4?.prefixLength ?? 0,
      gateway: ipv4 && !network.internal ? ipv4.gateway : "",
      ...(ipv6 && {
        ipv6Address: ipv6.address,
        ipv6PrefixLength: ipv6.prefixLength,
        ipv6Gateway: network.internal ? "" : ipv6.gateway,
      }),
    };
  } catch (error) {
    table.releaseAddresses(network.id, containerId);
    throw error;
  }
}

/** The interface of an endpoint. */
export function planInterface(
  endpoint: NewEndpoint,
  settings: {
    readonly namespacePath: string;
    readonly mtu: number;
    readonly naming: InnerPlan["naming"];
    readonly sysctls?: Readonly<Record<string, string>>;
  },
): InnerPlan {
  const hasIpv6 = Boolean(endpoint.ipv6Address);
  return {
    ...settings,
    macAddress: endpoint.macAddress,
    addresses: addressesOf(endpoint),
    // Addresses come from us alone. What the user says about it comes later, and wins.
    sysctls: { ...(hasIpv6 && { "net.ipv6.conf.IFNAME.accept_ra": "0" }), ...settings.sysctls },
  };
}

function addressesOf(endpoint: NewEndpoint): InterfaceAddress[] {
  const { ipAddress: ipv4, ipPrefixLength, ipv6Address: ipv6, ipv6PrefixLength, macAddress } = endpoint;
  return [
    ...(ipv4
      ? [{ address: ipv4, prefixLength: ipPrefixLength, broadcast: broadcastOf(ipv4, ipPrefixLength) }]
      : []),
    ...(ipv6 ? withLinkLocal({ address: ipv6, prefixLength: ipv6PrefixLength ?? 64 }, macAddress) : []),
  ];
}

/** The kernel makes none by itself on our links, as it would test it for a second first. */
export function withLinkLocal(address: InterfaceAddress, macAddress: string): InterfaceAddress[] {
  return [address, { address: linkLocalOf(macAddress), prefixLength: 64 }];
}

/** The host's own addresses on a network: the gateways of its pools. */
export function gatewayAddresses(pools: readonly Pool[], macAddress: string): InterfaceAddress[] {
  return pools.flatMap(({ subnet, gateway }) => {
    const address = { address: gateway, prefixLength: subnet.prefixLength };
    if (subnet.family === 6) return withLinkLocal(address, macAddress);
    return [{ ...address, broadcast: formatAddress({ family: 4, value: lastOf(subnet) }) }];
  });
}

export function namingFor(wish: EndpointWish, prefix: string): InnerPlan["naming"] {
  const { interfaceName } = wish;
  if (interfaceName === undefined) return { prefix };
  if (!isInterfaceName(interfaceName) || interfaceName === "lo") {
    throw invalidArgument(`invalid interface name ${JSON.stringify(interfaceName)}`);
  }
  return { name: interfaceName };
}

export function randomId(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("hex");
}
