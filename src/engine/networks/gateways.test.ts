import { expect, test } from "bun:test";
import type { Endpoint } from "../../network/network.ts";
import { type Candidate, chooseGateways, publishedEndpoint } from "./gateways.ts";

const on = (networkName: string, ways: "4" | "6" | "46" | "", priority = 0): Candidate => {
  const endpoint: Endpoint = {
    endpointId: networkName,
    networkId: networkName,
    containerId: "c",
    interfaceName: "eth0",
    macAddress: "",
    ipAddress: `4 of ${networkName}`,
    ipPrefixLength: 24,
    gateway: ways.includes("4") ? "gateway" : "",
    ...(ways.includes("6") && {
      ipv6Address: `6 of ${networkName}`,
      ipv6PrefixLength: 64,
      ipv6Gateway: "gateway",
    }),
  };
  return { networkName, priority, endpoint };
};
const chosen = (...candidates: Candidate[]) => {
  const { ipv4, ipv6 } = chooseGateways(candidates);
  return [ipv4?.networkId, ipv6?.networkId];
};

test.each<[string, Candidate[], (string | undefined)[]]>([
  ["the first by name", [on("b", "4"), on("a", "4")], ["a", undefined]],
  ["priority before name", [on("a", "4"), on("b", "4", 1)], ["b", undefined]],
  ["a negative priority is less than none", [on("a", "4", -1), on("b", "4")], ["b", undefined]],
  ["both families before one", [on("a", "4"), on("b", "46")], ["b", "b"]],
  ["priority before both families", [on("a", "4", 1), on("b", "46")], ["a", "b"]],
  ["an internal network is never a way out", [on("a", "", 9), on("b", "4")], ["b", undefined]],
  ["nothing without networks", [], [undefined, undefined]],
  ["IPv6 alone", [on("a", ""), on("b", "6")], [undefined, "b"]],
])("chooseGateways(): %s", (_, candidates, expected) => {
  expect(chosen(...candidates)).toEqual(expected);
});

test("publishedEndpoint() has the addresses of both default routes, and no other", () => {
  const mixed = publishedEndpoint(chooseGateways([on("a", "4", 1), on("b", "46")]));
  expect(mixed).toMatchObject({ endpointId: "a", ipAddress: "4 of a", ipv6Address: "6 of b" });
  const onlyIpv4 = publishedEndpoint(chooseGateways([on("a", "4")]));
  expect(onlyIpv4?.ipv6Address).toBeUndefined();
  const onlyIpv6 = publishedEndpoint(chooseGateways([on("b", "6")]));
  expect(onlyIpv6).toMatchObject({ endpointId: "b", ipAddress: "", ipv6Address: "6 of b" });
  expect(publishedEndpoint({})).toBeUndefined();
});
