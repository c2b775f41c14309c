import type { NetworkView } from "../../engine/services/networks.ts";
import type { Network, NetworkContainer } from "../../protocol/generated/types.ts";
import { type ApiVersion, atLeast } from "../../protocol/versions.ts";
import type { IpamPool, NetworkRecord } from "../../records/network-record.ts";

/** A list shows networks without their containers. */
export function wireNetwork(view: NetworkView, version: ApiVersion, withContainers: boolean): Network {
  const { record } = view;
  return {
    Name: record.name,
    Id: record.id,
    Created: record.created,
    Scope: record.scope,
    Driver: record.driver,
    ...(atLeast(version, "1.47") && { EnableIPv4: record.enableIpv4 }),
    EnableIPv6: record.enableIpv6,
    IPAM: {
      Driver: record.ipam.driver,
      Options: isPredefined(record) ? null : { ...record.ipam.options },
      Config: record.ipam.pools.map(wirePool),
    },
    Internal: record.internal,
    Attachable: record.attachable,
    Ingress: false,
    ConfigFrom: { Network: record.configFrom ?? "" },
    ConfigOnly: record.configOnly ?? false,
    Containers: withContainers ? members(view) : {},
    Options: { ...record.options },
    Labels: { ...record.labels },
  };
}

const isPredefined = ({ name }: NetworkRecord): boolean => ["bridge", "host", "none"].includes(name);

function wirePool(pool: IpamPool) {
  return {
    Subnet: pool.subnet,
    ...(pool.ipRange !== undefined && { IPRange: pool.ipRange }),
    ...(pool.gateway !== undefined && { Gateway: pool.gateway }),
    ...(pool.auxAddresses && { AuxiliaryAddresses: { ...pool.auxAddresses } }),
  };
}

function members({ record, containers }: NetworkView): Record<string, NetworkContainer> {
  return Object.fromEntries(
    containers.map((container) => {
      const endpoint = Object.values(container.endpoints).find(({ networkId }) => networkId === record.id);
      return [
        container.id,
        {
          Name: container.name,
          EndpointID: endpoint?.endpointId ?? "",
          MacAddress: endpoint?.macAddress ?? "",
          IPv4Address: withLength(endpoint?.ipAddress, endpoint?.ipPrefixLength),
          IPv6Address: withLength(endpoint?.ipv6Address, endpoint?.ipv6PrefixLength),
        },
      ];
    }),
  );
}

const withLength = (address: string | undefined, prefixLength = 0): string =>
  address ? `${address}/${prefixLength}` : "";
