import type { NetworkRecord } from "../records/network-record.ts";
import type { NetworkTable } from "../records/records.ts";
import type { Endpoint } from "./network.ts";
import type { Problem } from "./problem.ts";

/** Addresses that are held for nobody, and those a running container has without holding them. */
export function addressProblems(
  table: NetworkTable,
  network: NetworkRecord,
  alive: readonly Endpoint[],
): Problem[] {
  const key = (containerId: string, address: string) => `${containerId} ${address}`;
  const wanted = new Map(
    alive.flatMap(({ containerId, ipAddress, ipv6Address }) =>
      [ipAddress, ipv6Address ?? ""]
        .filter((address) => address !== "")
        .map((address) => [key(containerId, address), { containerId, address }] as const),
    ),
  );
  const held = new Set<string>();
  const problems: Problem[] = [];
  for (const { containerId, address } of table.addresses(network.id)) {
    held.add(key(containerId, address));
    if (alive.some((endpoint) => endpoint.containerId === containerId)) continue;
    problems.push({
      what: `address ${address} on network ${network.name} was left over`,
      mend: () => table.releaseAddresses(network.id, containerId),
    });
  }
  for (const [name, { containerId, address }] of wanted) {
    if (held.has(name)) continue;
    problems.push({
      what: `address ${address} on network ${network.name} is not held for container ${containerId.slice(0, 12)}`,
      mend: () => table.takeAddress({ networkId: network.id, address, containerId }),
    });
  }
  return problems;
}
