import type { Endpoint } from "../../network/network.ts";

/** An endpoint of a container as a candidate for its way out. */
export interface Candidate {
  readonly networkName: string;
  readonly priority: number;
  readonly endpoint: Endpoint;
}

export interface Gateways {
  readonly ipv4?: Endpoint;
  readonly ipv6?: Endpoint;
}

/**
 * Which of a container's networks its default routes lead to, one for each family, by Docker's
 * rule: the highest priority, else the one with both families, else the first by name. Networks
 * without a way out (internal ones) are none.
 */
export function chooseGateways(candidates: readonly Candidate[]): Gateways {
  const inOrder = [...candidates].sort(
    (a, b) =>
      b.priority - a.priority || ways(b.endpoint) - ways(a.endpoint) || byName(a.networkName, b.networkName),
  );
  const ipv4 = inOrder.find(({ endpoint }) => endpoint.gateway !== "")?.endpoint;
  const ipv6 = inOrder.find(({ endpoint }) => endpoint.ipv6Gateway)?.endpoint;
  return { ...(ipv4 && { ipv4 }), ...(ipv6 && { ipv6 }) };
}

const ways = ({ gateway, ipv6Gateway }: Endpoint): number => (gateway === "" ? 0 : 1) + (ipv6Gateway ? 2 : 0);

const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export const sameGateways = (a: Gateways, b: Gateways): boolean =>
  a.ipv4?.endpointId === b.ipv4?.endpointId && a.ipv6?.endpointId === b.ipv6?.endpointId;

/**
 * Where a container's published ports lead: its addresses on the networks of its default routes,
 * as one endpoint. Undefined without a way out.
 */
export function publishedEndpoint({ ipv4, ipv6 }: Gateways): Endpoint | undefined {
  const main = ipv4 ?? ipv6;
  if (!main) return undefined;
  const { ipv6Address: _address, ipv6PrefixLength: _length, ipv6Gateway: _gateway, ...rest } = main;
  return {
    ...rest,
    ...(ipv4 ? {} : { ipAddress: "", ipPrefixLength: 0, gateway: "" }),
    ...(ipv6?.ipv6Address && {
      ipv6Address: ipv6.ipv6Address,
      ipv6PrefixLength: ipv6.ipv6PrefixLength ?? 0,
      ipv6Gateway: ipv6.ipv6Gateway ?? "",
    }),
  };
}
