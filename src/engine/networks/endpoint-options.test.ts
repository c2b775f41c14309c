import { describe, expect, test } from "bun:test";
import type { EndpointRequest } from "../../records/container-config.ts";
import type { IpamPool, NetworkRecord } from "../../records/network-record.ts";
import { checkEndpoint, endpointWish } from "./endpoint-options.ts";

const network = (...pools: IpamPool[]) =>
  ({ name: "mine", ipam: { driver: "default", options: {}, pools } }) as unknown as NetworkRecord;
const chosen = network({ subnet: "10.1.0.0/24" }, { subnet: "fd00::/64" });
const automatic = network({ subnet: "10.1.0.0/24", automatic: true });
const ip = (address: string): EndpointRequest => ({ IPAMConfig: { IPv4Address: address } });

describe("checkEndpoint()", () => {
  test.each<[string, NetworkRecord | undefined, EndpointRequest]>([
    ["mine", chosen, ip("10.1.0.9")],
    ["mine", chosen, { IPAMConfig: { IPv6Address: "fd00::9" } }],
    ["mine", undefined, ip("10.1.0.9")],
    ["bridge", undefined, { DriverOpts: null, Aliases: [] }],
    ["mine", chosen, { Aliases: ["db"], IPAMConfig: { LinkLocalIPs: [""] } }],
  ])("takes %s %#", (name, record, request) => {
    expect(() => checkEndpoint(name, record, request)).not.toThrow();
  });

  test.each<[string, NetworkRecord, EndpointRequest, string]>([
    [
      "bridge",
      chosen,
      ip("10.1.0.9"),
      "user specified IP address is supported on user defined networks only",
    ],
    ["host", chosen, { Aliases: ["a"] }, "network-scoped alias is supported only for containers in user"],
    ["mine", chosen, ip("10.2.0.9"), "no configured subnet or ip-range contain the IP address 10.2.0.9"],
    ["mine", chosen, ip("nonsense"), 'invalid IPv4 address: "nonsense"'],
    ["mine", chosen, ip("fd00::9"), "invalid IPv4 address: fd00::9"],
    ["mine", automatic, ip("10.1.0.9"), "only when connecting to networks with user configured subnets"],
    ["mine", chosen, { IPAMConfig: { LinkLocalIPs: ["169.254.1.1"] } }, "169.254.1.1) are not supported"],
    ["mine", chosen, { DriverOpts: { x: "y" } }, 'endpoint option "x" is not known'],
  ])("refuses %s %#", (name, record, request, words) => {
    expect(() => checkEndpoint(name, record, request)).toThrow(words);
  });
});

describe("endpointWish()", () => {
  const sysctls = (text: string) =>
    endpointWish({ DriverOpts: { "com.docker.network.endpoint.sysctls": text } }).sysctls;
  test("takes settings of the interface, in either spelling", () => {
    expect(sysctls("net.ipv4.conf.IFNAME.log_martians=1,net.ipv6.conf.ifname.accept_ra=2")).toEqual({
      "net.ipv4.conf.IFNAME.log_martians": "1",
      "net.ipv6.conf.IFNAME.accept_ra": "2",
    });
    for (const bad of [
      "net.ipv4.conf.eth0.x=1",
      "net.core.IFNAME.x.y=1",
      "kernel.x=1",
      "net.ipv4.conf.IFNAME.a/b=1",
    ]) {
      expect(() => sysctls(bad)).toThrow("unrecognised network interface sysctl");
    }
  });
});
