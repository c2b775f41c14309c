import { expect, test } from "bun:test";
import type { IpamPool, NetworkRecord } from "../../src/records/network-record.ts";
import { inside, run, useNetworkBench } from "./network-bench.ts";

const bench = useNetworkBench();

async function make(name: string, pools: readonly IpamPool[], families: readonly (4 | 6)[]) {
  const network: NetworkRecord = {
    ...bench().bridge,
    id: Buffer.from(name.padEnd(32)).toString("hex"),
    name,
    enableIpv4: families.includes(4),
    enableIpv6: families.includes(6),
    options: {},
    ipam: { driver: "default", options: {}, pools: bench().net.planPools(pools, families, "bridge") },
  };
  await bench().net.driver(network).create(network);
  bench().table.insert(network);
  return network;
}

const ping6 = (address: string) => `busybox ping -6 -c1 -W2 ${address}`;
const works = " 0% packet loss";

test("both families: addresses that are usable at once, a default route each, the bridge as router", async () => {
  const network = await make("dual", [{ subnet: "10.214.6.0/24" }, { subnet: "fd00:6::/64" }], [4, 6]);
  const one = await bench().up("one", {}, network);
  const two = await bench().up("two", { ipv6: "fd00:6::77" }, network);
  expect(one.endpoint).toMatchObject({
    ipAddress: "10.214.6.2",
    ipv6Address: "fd00:6::2",
    ipv6PrefixLength: 64,
    ipv6Gateway: "fd00:6::1",
  });
  expect(two.endpoint.ipv6Address).toBe("fd00:6::77");
  const shown = await inside(one.sandbox, "ip -o -6 addr show dev eth0");
  expect(shown).toContain("inet6 fd00:6::2/64 scope global nodad");
  expect(shown).toContain("scope link nodad");
  expect(shown).not.toContain("tentative");
  expect(await inside(one.sandbox, "ip -6 route show default")).toContain("default via fd00:6::1 dev eth0");
  expect(await inside(one.sandbox, "cat /proc/sys/net/ipv6/conf/eth0/accept_ra")).toBe("0");
  expect(await inside(one.sandbox, ping6("fd00:6::77"))).toContain(works);
  expect(await inside(one.sandbox, ping6("fd00:6::1"))).toContain(works);
  expect(await run("cat /proc/sys/net/ipv6/conf/all/forwarding")).toBe("1");
});

test("IPv6 alone; the engine picks a /64 of a prefix of its own", async () => {
  const network = await make("six", [], [6]);
  const [pool] = network.ipam.pools;
  expect(pool?.subnet).toMatch(/^fd[0-9a-f:]+\/64$/);
  const one = await bench().up("one", {}, network);
  expect(one.endpoint).toMatchObject({ ipAddress: "", gateway: "", ipv6Gateway: pool?.gateway ?? "" });
  expect(await inside(one.sandbox, "ip -4 addr show dev eth0")).toBe("");
  expect(await inside(one.sandbox, ping6(pool?.gateway ?? ""))).toContain(works);
});

test("an address that changed hands leads to its new owner at once", async () => {
  const network = await make("dual", [{ subnet: "fd00:6::/64" }], [4, 6]);
  const asker = await bench().up("asker", {}, network);
  const before = await bench().up("before", { ipv6: "fd00:6::9" }, network);
  expect(await inside(asker.sandbox, ping6("fd00:6::9"))).toContain(works);
  await bench().down(before, network);
  await bench().up("after", { ipv6: "fd00:6::9", macAddress: "02:11:22:33:44:55" }, network);
  expect(await inside(asker.sandbox, ping6("fd00:6::9"))).toContain(works);
});

test("what is broken is found, told and mended: addresses, interface, bridge", async () => {
  const network = await make("dual", [{ subnet: "10.214.6.0/24" }, { subnet: "fd00:6::/64" }], [4, 6]);
  const one = await bench().up("one", {}, network);
  const driver = bench().net.driver(network);
  const bridge = `br-${network.id.slice(0, 12)}`;
  const broken = async (command: string): Promise<string[]> => {
    await run(command);
    const found = (await driver.examine(network, [one.endpoint])).map((problem) => problem.what);
    expect(await driver.reconcile(network, [one.endpoint])).toEqual(found);
    expect(await driver.examine(network, [one.endpoint])).toEqual([]);
    bench().net.setGateways("one", { ipv4: one.endpoint, ipv6: one.endpoint });
    expect(await inside(one.sandbox, ping6("fd00:6::1"))).toContain(works);
    expect(await inside(one.sandbox, "busybox ping -c1 -W2 10.214.6.1")).toContain(works);
    return found;
  };
  const its = `bridge ${bridge} of network dual`;
  expect(await broken(`ip addr del fd00:6::1/64 dev ${bridge}`)).toEqual([
    `${its}: its address fd00:6::1/64 is missing`,
  ]);
  expect(await broken(`ip addr add 10.214.6.9/24 dev ${bridge}`)).toEqual([
    `${its}: it has the address 10.214.6.9/24, which is not its own`,
  ]);
  const container = "interface eth0 of container one on network dual";
  expect(await broken(`ip link set veth${one.endpoint.endpointId.slice(0, 11)} nomaster`)).toEqual([
    `${container} is off its bridge ${bridge}`,
  ]);
  expect(await broken(`ip link delete veth${one.endpoint.endpointId.slice(0, 11)}`)).toEqual([
    `${container} is missing`,
  ]);
  expect(await broken(`ip link delete ${bridge}`)).toEqual([
    `${its} is missing`,
    `${container} is off its bridge ${bridge}`,
  ]);
  bench().table.releaseAddresses(network.id, "one");
  expect((await broken("true")).length).toBe(2);
});
