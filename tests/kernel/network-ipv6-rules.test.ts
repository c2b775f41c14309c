import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { BridgeFirewall } from "../../src/network/bridge-firewall.ts";
import { openLinuxKernel } from "../../src/network/linux-kernel.ts";
import type { PublishedRule } from "../../src/network/plan-published.ts";
import { editionChain } from "../../src/network/plan-rules.ts";
import type { NetworkRecord } from "../../src/records/network-record.ts";
import { run } from "./network-bench.ts";
import { enterOwnHost } from "./network-own-host.ts";

let leave = () => {};
let kernel = openLinuxKernel();
beforeAll(() => {
  leave = enterOwnHost();
});
beforeEach(() => {
  kernel = openLinuxKernel();
});
afterAll(() => leave());

const network = (id: string, ...subnets: string[]): NetworkRecord => ({
  id: id.repeat(64),
  name: id,
  created: "2026-01-01T00:00:00Z",
  driver: "bridge",
  scope: "local",
  internal: false,
  attachable: false,
  enableIpv4: true,
  enableIpv6: subnets.some((subnet) => subnet.includes(":")),
  ipam: { driver: "default", options: {}, pools: subnets.map((subnet) => ({ subnet })) },
  options: {},
  labels: {},
});
const plain = network("a", "10.214.1.0/24");
const dual = network("b", "10.214.2.0/24", "fd00:214::/64");

const tables = () => run("nft list tables");
const port: PublishedRule = {
  protocol: "tcp",
  hostIp: "::",
  hostPort: 80,
  containerIp: "fd00:214::2",
  containerPort: 8080,
};

test("the IPv6 table comes with the first network that has IPv6 and goes with the last", async () => {
  const firewall = new BridgeFirewall(kernel, "hull_t");
  await firewall.add(plain);
  expect(await tables()).toBe("table ip hull_t");
  await firewall.add(dual);
  expect(await tables()).toBe("table ip hull_t\ntable ip6 hull_t");
  const text = await run("nft list table ip6 hull_t");
  expect(text).toContain(`elements = { "br-aaaaaaaaaaaa",`);
  expect(text).toContain(`elements = { fd00:214::/64 . "br-bbbbbbbbbbbb" }`);
  await firewall.remove(dual);
  expect(await tables()).toBe("table ip hull_t");
  await firewall.remove(plain);
  expect(await tables()).toBe("");
  kernel.close();
});

test("a table of the same edition keeps forwarding at a start, another edition is replaced whole", async () => {
  const before = new BridgeFirewall(kernel, "hull_t");
  await before.load([plain, dual]);
  await before.changePublished([{ add: true, rule: port }], [port]);
  const published = () => kernel.listMap("ip6", "hull_t", "published_on_any");
  expect(await published()).toEqual([{ key: ["6", "80"], value: ["fd00:214::2", "8080"] }]);
  const after = new BridgeFirewall(kernel, "hull_t");
  await after.load([plain, dual]);
  expect(await published()).toHaveLength(1);

  await run(`nft delete chain ip6 hull_t ${editionChain()}`);
  await after.load([plain, dual]);
  expect(await published()).toEqual([]);
  await after.changePublished([{ add: true, rule: port }], [port]);
  await run("nft flush ruleset");
  // Found flushed at the next change, and then all of it is loaded again.
  const second = { ...port, hostPort: 81 };
  await after.changePublished([{ add: true, rule: second }], [port, second]);
  expect(await published()).toHaveLength(2);
  await after.unload();
  expect(await tables()).toBe("");
  kernel.close();
});

test("shared ports: a chain per port that follows who is there", async () => {
  const firewall = new BridgeFirewall(kernel, "hull_t");
  await firewall.load([dual]);
  const one: PublishedRule = { ...port, shared: true };
  const two: PublishedRule = { ...one, containerIp: "fd00:214::3" };
  const chain = () => run("nft list chain ip6 hull_t shared_tcp_any_80 2>&1");
  await firewall.changePublished([{ add: true, rule: one }], [one]);
  expect(await chain()).toContain("numgen inc mod 1 map { 0 : fd00:214::2 . 8080 }");
  await firewall.changePublished([{ add: true, rule: two }], [one, two]);
  expect(await chain()).toContain("numgen inc mod 2 map { 0 : fd00:214::2 . 8080, 1 : fd00:214::3 . 8080 }");
  const next = new BridgeFirewall(kernel, "hull_t");
  await next.load([dual]);
  await next.replacePublished([two]);
  expect(await chain()).toContain("numgen inc mod 1 map { 0 : fd00:214::3 . 8080 }");
  await next.changePublished([{ add: false, rule: two }], []);
  expect(await chain()).toContain("No such file");
  expect(await run("nft list map ip6 hull_t shared_on_any")).not.toContain("goto");
  await next.unload();
  kernel.close();
});

test("without IPv6 in the kernel the other table is all there is", async () => {
  const firewall = new BridgeFirewall({ ...kernel, hasIpv6: () => false }, "hull_t");
  await firewall.load([dual]);
  expect(await tables()).toBe("table ip hull_t");
  await firewall.unload();
  kernel.close();
});
