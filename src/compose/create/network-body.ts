import type { IPAM } from "../../protocol/generated/types.ts";
import { composeVersion, labels } from "../labels.ts";
import type { Project } from "../model/project.ts";
import type { Ipam, Network } from "../model/resources.ts";

/** What `POST /networks/create` takes. */
export interface NetworkBody {
  Name: string;
  /** Engines before 25 allow two networks of one name otherwise. */
  CheckDuplicate: true;
  Driver: string;
  Internal: boolean;
  Attachable: boolean;
  EnableIPv4?: boolean;
  EnableIPv6?: boolean;
  IPAM?: IPAM;
  Options: Record<string, string>;
  Labels: Record<string, string>;
}

/** A network of the project under its key; `configHash` is its hash. */
export function networkBody(
  project: Project,
  key: string,
  network: Network,
  configHash: string,
): NetworkBody {
  const ipam = ipamOf(network.ipam);
  return {
    Name: network.name,
    CheckDuplicate: true,
    Driver: network.driver ?? "",
    Internal: network.internal ?? false,
    Attachable: network.attachable ?? false,
    ...(network.enable_ipv4 !== undefined && { EnableIPv4: network.enable_ipv4 }),
    ...(network.enable_ipv6 !== undefined && { EnableIPv6: network.enable_ipv6 }),
    ...(ipam && { IPAM: ipam }),
    Options: { ...network.driver_opts },
    Labels: {
      ...network.labels,
      [labels.network]: key,
      [labels.project]: project.name,
      [labels.version]: composeVersion,
      [labels.configHash]: configHash,
    },
  };
}

function ipamOf(ipam: Ipam | undefined): IPAM | undefined {
  const pools = ipam?.config ?? [];
  if (!ipam?.driver && pools.length === 0) return undefined;
  return {
    Driver: ipam?.driver ?? "",
    Config: pools.map(({ subnet, ip_range, gateway, aux_addresses }) => ({
      ...(subnet && { Subnet: subnet }),
      ...(ip_range && { IPRange: ip_range }),
      ...(gateway && { Gateway: gateway }),
      ...(aux_addresses && { AuxiliaryAddresses: { ...aux_addresses } }),
    })),
  };
}
