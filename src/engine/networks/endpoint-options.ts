import { invalidArgument } from "../../errors/engine-error.ts";
import type { EndpointWish } from "../../network/network.ts";
import type { EndpointRequest } from "../../records/container-config.ts";
import type { NetworkRecord } from "../../records/network-record.ts";
import { staticAddressProblem } from "./ipam-request.ts";
import { isPredefinedNetwork } from "./predefined.ts";

const names = {
  interfaceName: "com.docker.network.endpoint.ifname",
  sysctls: "com.docker.network.endpoint.sysctls",
} as const;

/** Refuses what a container cannot have of a network. The network may be missing until the start. */
export function checkEndpoint(
  name: string,
  network: NetworkRecord | undefined,
  request: EndpointRequest,
): void {
  const { IPAMConfig: ipam } = request;
  const wanted = [
    [4, ipam?.IPv4Address],
    [6, ipam?.IPv6Address],
  ] as const;
  if (isPredefinedNetwork(name)) {
    if (wanted.some(([, address]) => address)) {
      throw invalidArgument("user specified IP address is supported on user defined networks only");
    }
    if (request.Aliases?.length) {
      throw invalidArgument("network-scoped alias is supported only for containers in user defined networks");
    }
  }
  if ((ipam?.LinkLocalIPs ?? []).some((address) => address !== "")) {
    throw invalidArgument(`link-local addresses (${ipam?.LinkLocalIPs?.join(", ")}) are not supported`);
  }
  const problems = wanted.flatMap(([family, address]) => {
    if (!address || !network) return [];
    return staticAddressProblem(address, family, network.ipam.pools) ?? [];
  });
  if (problems.length > 0) throw invalidArgument(`invalid endpoint settings:\n${problems.join("\n")}`);
  driverWish(request);
}

/** What a container asks of a network, as the drivers take it. */
export function endpointWish(request: EndpointRequest): EndpointWish {
  const { IPAMConfig: ipam, MacAddress: macAddress } = request;
  return {
    ...(ipam?.IPv4Address && { ipv4: ipam.IPv4Address }),
    ...(ipam?.IPv6Address && { ipv6: ipam.IPv6Address }),
    ...(macAddress && { macAddress }),
    ...driverWish(request),
  };
}

function driverWish({ DriverOpts }: EndpointRequest): Pick<EndpointWish, "interfaceName" | "sysctls"> {
  const options = DriverOpts ?? {};
  const known = new Set<string>(Object.values(names));
  for (const key of Object.keys(options)) {
    if (!known.has(key)) throw invalidArgument(`endpoint option ${JSON.stringify(key)} is not known`);
  }
  const interfaceName = options[names.interfaceName];
  const sysctls = options[names.sysctls];
  return {
    ...(interfaceName && { interfaceName }),
    ...(sysctls && { sysctls: parseSysctls(sysctls) }),
  };
}

/** `net.ipv4.conf.IFNAME.log_martians=1,net.ipv6.…`; the docker program writes `ifname`. */
function parseSysctls(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split(",").map((setting) => {
      const match = /^(net\.(?:ipv4|ipv6|mpls)\.[a-z]+)\.(?:IFNAME|ifname)\.([a-z0-9_]+)=(.*)$/.exec(setting);
      if (!match) {
        throw invalidArgument(
          `invalid endpoint settings:\nunrecognised network interface sysctl '${setting}'; represent 'net.X.Y.ethN.Z=V' as 'net.X.Y.IFNAME.Z=V', 'X' must be 'ipv4', 'ipv6' or 'mpls'`,
        );
      }
      return [`${match[1]}.IFNAME.${match[2]}`, match[3] ?? ""];
    }),
  );
}
