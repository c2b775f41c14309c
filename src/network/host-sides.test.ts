import { expect, test } from "bun:test";
import { type HostFacts, hostSides } from "./host-sides.ts";
import type { Endpoint, PortWish } from "./network.ts";

const both = { ipAddress: "10.0.0.2", ipv6Address: "fd00::2" } as Endpoint;
const four = { ipAddress: "10.0.0.2" } as Endpoint;
const six = { ipAddress: "", ipv6Address: "fd00::2" } as Endpoint;
const facts: HostFacts = { defaultAddress: "0.0.0.0", proxy: false, hostHasIpv6: true, routesLoopback: true };

function sides(
  hostIp: string,
  endpoint: Endpoint,
  more: Partial<HostFacts> = {},
  wish: Partial<PortWish> = {},
) {
  const wished: PortWish = {
    ...{ containerPort: 80, protocol: "tcp", hostIp, hostPortFirst: 1, hostPortLast: 1 },
    ...wish,
  };
  try {
    return hostSides(wished, endpoint, undefined, { ...facts, ...more }).map(
      ({ hostIp: ip, via, containerIp }) => `${ip} ${via} ${containerIp}`,
    );
  } catch (error) {
    return String(error);
  }
}

test("without an address: every family that really leads there", () => {
  expect(sides("", four)).toEqual(["0.0.0.0 kernel 10.0.0.2"]);
  expect(sides("", both)).toEqual(["0.0.0.0 kernel 10.0.0.2", ":: kernel fd00::2"]);
  expect(sides("", six)).toEqual([":: kernel fd00::2"]);
  expect(sides("", both, { hostHasIpv6: false })).toEqual(["0.0.0.0 kernel 10.0.0.2"]);
  expect(sides("", both, { defaultAddress: "127.0.0.1" })).toEqual(["127.0.0.1 kernel 10.0.0.2"]);
});

test("with a proxy: the other family and IPv6 loopback as well", () => {
  const proxy = { proxy: true };
  expect(sides("", four, proxy)).toEqual(["0.0.0.0 kernel 10.0.0.2", ":: proxy 10.0.0.2"]);
  expect(sides("", six, proxy)).toEqual(["0.0.0.0 proxy fd00::2", ":: both fd00::2"]);
  expect(sides("::1", both, proxy)).toEqual(["::1 proxy fd00::2"]);
  expect(sides("", four, { ...proxy, routesLoopback: false })).toEqual([
    "0.0.0.0 both 10.0.0.2",
    ":: proxy 10.0.0.2",
  ]);
  // One that is shared, or SCTP, goes by the kernel or not at all.
  expect(sides("", four, proxy, { shared: true })).toEqual(["0.0.0.0 kernel 10.0.0.2"]);
  expect(sides("", four, proxy, { protocol: "sctp" })).toEqual(["0.0.0.0 kernel 10.0.0.2"]);
});

test("an address that was named is served or refused with the reason", () => {
  expect(sides("::", four)).toContain("the container has no IPv6 address (the engine option");
  expect(sides("::1", both)).toContain("this kernel cannot forward IPv6 loopback (the engine option");
  expect(sides("127.0.0.1", four, { routesLoopback: false })).toContain("cannot forward IPv4 loopback");
  expect(sides("::", four, { proxy: true }, { shared: true })).toEndWith("the container has no IPv6 address");
  expect(sides("::", four, {}, { optional: true })).toEqual([]);
});
