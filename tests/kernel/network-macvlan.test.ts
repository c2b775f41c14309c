import { afterEach, beforeEach, expect, test } from "bun:test";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NetworkRecord } from "../../src/records/network-record.ts";
import { createNetworkNamespace, dropNetworkNamespace } from "../../src/sys/namespaces.ts";
import { inside, run, useNetworkBench } from "./network-bench.ts";

const bench = useNetworkBench();
const works = " 0% packet loss";
const neighbour = { containerId: "neighbour", path: "" };

/** A network card of the host, and another machine at the other end of its cable. */
beforeEach(async () => {
  neighbour.path = join(tmpdir(), `hull-neighbour-${process.pid}`);
  createNetworkNamespace(neighbour.path);
  await run(`ip link add lan0 type veth peer name out0 netns ${neighbour.path}; ip link set lan0 up`);
  await inside(neighbour, "ip addr add 10.217.0.1/24 dev out0");
  await inside(neighbour, "ip link set out0 up");
});
afterEach(async () => {
  await run("ip link delete lan0");
  dropNetworkNamespace(neighbour.path);
});

async function make(name: string, options: Record<string, string>, subnet = "10.217.0.0/24") {
  const network: NetworkRecord = {
    ...bench().bridge,
    id: Buffer.from(name.padEnd(32)).toString("hex"),
    name,
    driver: "macvlan",
    options,
    ipam: { driver: "default", options: {}, pools: bench().net.planPools([{ subnet }], [4], "macvlan") },
  };
  await bench().net.driver(network).create(network);
  bench().table.insert(network);
  return network;
}

const refusal = (name: string, options: Record<string, string>) =>
  make(name, options, "10.218.0.0/24").then(
    () => "made",
    (error) => error.message,
  );

test("containers are neighbours of the host's own, and of each other", async () => {
  const network = await make("lan", { parent: "lan0" });
  const one = await bench().up("one", { ipv4: "10.217.0.20" }, network);
  const two = await bench().up("two", { ipv4: "10.217.0.21" }, network);
  expect(await inside(one.sandbox, "ip route show default")).toBe("default via 10.217.0.1 dev eth0");
  expect(await inside(one.sandbox, "busybox ping -c1 -W2 10.217.0.1")).toContain(works);
  expect(await inside(neighbour, "busybox ping -c1 -W2 10.217.0.21")).toContain(works);
  expect(await inside(one.sandbox, "busybox ping -c1 -W2 10.217.0.21")).toContain(works);
  expect(await inside(one.sandbox, "ip -d link show eth0")).toContain("macvlan mode bridge");

  // A disconnect of a living container takes the interface away, and its address is free.
  await bench().net.driver(network).detach(network, two.endpoint);
  expect(await inside(two.sandbox, "ip -br link show")).not.toContain("eth0");
  await bench().net.driver(network).attach(network, two.sandbox, { ipv4: "10.217.0.21" });
  await bench().net.driver(network).remove(network);
  expect(await run("ip -br link show lan0")).toContain("lan0");
});

const tryVlan = "ip link add v0 type veth peer v1 && ip link add link v0 name v0.5 type vlan id 5";
const hasVlan = Bun.spawnSync(["unshare", "--net", "sh", "-c", tryVlan], { stderr: "ignore" }).exitCode === 0;
const onVlan = hasVlan
  ? test
  : (name: string, run: () => void) => test.skip(`${name} [this kernel has no VLAN interfaces]`, run);

onVlan("a VLAN of the parent is made, shared, and removed with the last network", async () => {
  await inside(neighbour, "ip link add link out0 name out0.10 type vlan id 10");
  await inside(neighbour, "ip addr add 10.219.0.1/24 dev out0.10");
  await inside(neighbour, "ip link set out0.10 up");
  const network = await make("tagged", { parent: "lan0.10" }, "10.219.0.0/24");
  expect(await run("ip -d link show lan0.10")).toContain("vlan protocol 802.1Q id 10");
  const one = await bench().up("one", { ipv4: "10.219.0.5" }, network);
  expect(await inside(one.sandbox, "busybox ping -c1 -W2 10.219.0.1")).toContain(works);
  const second = await make("tagged2", { parent: "lan0.10" }, "10.220.0.0/24");
  await bench().down(one, network);
  await bench().net.driver(network).remove(network);
  bench().table.remove(network.id);
  expect(await run("ip -br link show lan0.10")).toContain("lan0.10");
  await bench().net.driver(second).remove(second);
  bench().table.remove(second.id);
  expect(await run("ip -br link show lan0.10 2>&1")).toContain("does not exist");
});

test("without a parent they are among themselves", async () => {
  const network = await make("alone", {}, "10.218.0.0/24");
  const one = await bench().up("one", {}, network);
  const two = await bench().up("two", {}, network);
  expect(one.endpoint.gateway).toBe("");
  expect(await inside(one.sandbox, "ip route show default")).toBe("");
  expect(await inside(one.sandbox, `busybox ping -c1 -W2 ${two.endpoint.ipAddress}`)).toContain(works);
  await bench().down(one, network);
  await bench().down(two, network);
  await bench().net.driver(network).remove(network);
  bench().table.remove(network.id);
  expect(await run("ip -br link show")).not.toContain("dm-");
});

test("modes are honoured, what cannot be is refused", async () => {
  const network = await make("private", { parent: "lan0", macvlan_mode: "private" });
  const one = await bench().up("one", { ipv4: "10.217.0.20" }, network);
  await bench().up("two", { ipv4: "10.217.0.21" }, network);
  expect(await inside(one.sandbox, "busybox ping -c1 -W1 10.217.0.21")).toContain("100% packet loss");
  expect(await refusal("a", { parent: "lan0", macvlan_mode: "passthru" })).toBe(
    "network private is already using parent interface lan0",
  );
  expect(one.endpoint.macAddress).toBe("02:42:0a:d9:00:14");
  expect(await refusal("b", { parent: "nope" })).toContain("parent interface nope was not found");
  expect(await refusal("c", { parent: "nope.10" })).toContain("nope is not an interface of this host");
  expect(await refusal("d", { parent: "lan0.5000" })).toContain("vlan id must be between 1-4094");
  expect(await refusal("e", { parent: "lan0", macvlan_mode: "odd" })).toContain(
    "macvlan mode 'odd' is not valid",
  );
  expect(await refusal("f", { parent: "lo" })).toContain("loopback");
  expect(await refusal("g", { ipvlan_mode: "l2" })).toContain('"ipvlan_mode" is not supported');
});

test.if(!hasVlan)("a kernel without VLAN interfaces is named as the reason", async () => {
  expect(await refusal("v", { parent: "lan0.10" })).toBe("this kernel has no vlan interfaces (module 8021q)");
});

test("in passthru mode one container has the card to itself, with its hardware address", async () => {
  const network = await make("through", { parent: "lan0", macvlan_mode: "passthru" });
  const one = await bench().up("one", { ipv4: "10.217.0.20" }, network);
  expect(await run("ip link show lan0")).toContain(`link/ether ${one.endpoint.macAddress}`);
  expect(await inside(one.sandbox, "ip -d link show eth0")).toContain("macvlan mode passthru");
  expect(await inside(one.sandbox, "busybox ping -c1 -W2 10.217.0.1")).toContain(works);
});

test("a card that was pulled out is named, not called repaired", async () => {
  const network = await make("lan", { parent: "lan0" });
  await run("ip link delete lan0");
  const [problem, ...more] = await bench().net.driver(network).examine(network, []);
  expect(problem?.what).toBe("interface lan0, which network lan is on, is not on this host any more");
  expect(() => problem?.mend()).toThrow("only this host's administrator can bring lan0 back");
  expect(more).toEqual([]);
});

test("an interface that is gone is found and made again", async () => {
  const network = await make("lan", { parent: "lan0" });
  const one = await bench().up("one", { ipv4: "10.217.0.20" }, network);
  const driver = bench().net.driver(network);
  await inside(one.sandbox, "ip link delete eth0");
  expect(await driver.reconcile(network, [one.endpoint])).toEqual([
    "interface eth0 of container one on network lan is missing",
  ]);
  expect(await inside(one.sandbox, "busybox ping -c1 -W2 10.217.0.1")).toContain(works);
  expect(await driver.examine(network, [one.endpoint])).toEqual([]);
});
