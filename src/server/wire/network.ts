import type { NetworkView } from "../../engine/services/networks.ts";
import type { Network, NetworkContainer } from "../../protocol/generated/types.ts";
import { type ApiVersion, atLeast } from "../../protocol/versions.ts";
import type { IpamPool } from "../../records/network-record.ts";

/** A list shows networks without their containers. */
export function wireNetwork(view: NetworkView, version: ApiVersion, withContainers: boolean): Network {
  const { record } = view;
  const ipamOptions = record.ipam.options;
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
      Options: Object.keys(ipamOptions).length === 0 ? null : { ...ipamOptions },
      Config: record.ipam.pools.map(wirePool),
    },
    Internal: record.internal,
    Attachable: record.attachable,
    Ingress: false,
    ConfigFrom: { Network: "" },
    ConfigOnly: false,
    Containers: withContainers ? members(view) : {},
    Options: { ...record.options },
    Labels: { ...record.labels },
  };
}

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
      const address = endpoint?.ipAddress;
      return [
        container.id,
        {
          Name: container.name,
          EndpointID: endpoint?.endpointId ?? "",
          MacAddress: endpoint?.macAddress ?? "",
          IPv4Address: address ? `${address}/${endpoint.ipPrefixLength ?? 0}` : "",
          IPv6Address: "",
        },
      ];
    }),
  );
}
