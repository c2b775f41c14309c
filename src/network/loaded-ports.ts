import type { NetworkKernel, Protocol } from "./kernel.ts";
import { anyAddressMap, oneAddressMap, type PublishedRule } from "./plan-published.ts";
import { type TableFamily, tableFamilies } from "./table-family.ts";

const protocolNames: Readonly<Record<string, Protocol>> = { "6": "tcp", "17": "udp", "132": "sctp" };

/** The ports the kernel forwards right now, whoever wanted them; shared ones are in chains and not listed. */
export async function loadedPorts(kernel: NetworkKernel, table: string): Promise<PublishedRule[]> {
  return (await Promise.all(tableFamilies.map((family) => loadedIn(kernel, table, family)))).flat();
}

async function loadedIn(kernel: NetworkKernel, table: string, family: TableFamily): Promise<PublishedRule[]> {
  const [any, one] = await Promise.all([
    kernel.listMap(family, table, anyAddressMap),
    kernel.listMap(family, table, oneAddressMap),
  ]);
  const anyAddress = family === "ip" ? "0.0.0.0" : "::";
  return [...any.map(({ key, value }) => ({ key: [anyAddress, ...key], value })), ...one].map(
    ({
      key: [hostIp = "", protocol = "", hostPort = ""],
      value: [containerIp = "", containerPort = ""],
    }) => ({
      protocol: protocolNames[protocol] ?? "tcp",
      hostIp,
      hostPort: Number(hostPort),
      containerIp,
      containerPort: Number(containerPort),
    }),
  );
}
