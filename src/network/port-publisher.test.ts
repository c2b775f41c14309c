import { expect, test } from "bun:test";
import { RecordingKernel } from "../../tests/fakes/network-kernel.ts";
import { MemoryNetworkTable } from "../../tests/fakes/network-table.ts";
import type { NetworkRecord } from "../records/network-record.ts";
import type { PortProxies, ProxiedPort, RunningProxy } from "../sys/port-proxy.ts";
import { BridgeFirewall } from "./bridge-firewall.ts";
import type { Endpoint, PortWish } from "./network.ts";
import { BridgePortPublisher, type PortPublisherParts } from "./port-publisher.ts";

const endpoint = (containerId: string, ipAddress: string): Endpoint => ({
  endpointId: containerId.padEnd(64, "0"),
  networkId: "n",
  containerId,
  interfaceName: "eth0",
  macAddress: "",
  ipAddress,
  ipPrefixLength: 16,
  gateway: "",
});
const one = endpoint("aa", "172.17.0.2");
const two = endpoint("bb", "172.17.0.3");

const wish = (
  hostIp: string,
  first: number,
  last = first,
  protocol: PortWish["protocol"] = "tcp",
): PortWish => ({
  containerPort: 80,
  protocol,
  hostIp,
  hostPortFirst: first,
  hostPortLast: last,
});

/** Copying proxies in memory. */
class RecordingProxies implements PortProxies {
  readonly open = new Set<RunningProxy>();
  async start(port: ProxiedPort): Promise<RunningProxy> {
    const proxy: RunningProxy = { ...port, pid: 1, stop: async () => void this.open.delete(proxy) };
    this.open.add(proxy);
    return proxy;
  }
  running(): RunningProxy[] {
    return [...this.open];
  }
  get lines(): string[] {
    return [...this.open].map((one) => `${one.hostIp}:${one.hostPort}->${one.targetIp}:${one.targetPort}`);
  }
}

function setting(parts: Partial<PortPublisherParts> = {}) {
  const kernel = new RecordingKernel();
  const table = new MemoryNetworkTable();
  const network: NetworkRecord = {
    id: "n",
    name: "net",
    created: "2026-01-01T00:00:00Z",
    driver: "bridge",
    scope: "local",
    internal: false,
    attachable: false,
    enableIpv4: true,
    enableIpv6: false,
    ipam: { driver: "default", options: {}, pools: [{ subnet: "172.17.0.0/16" }] },
    options: {},
    labels: {},
  };
  table.insert(network);
  table.insert({
    ...network,
    id: "l",
    name: "local",
    options: { "com.docker.network.bridge.host_binding_ipv4": "127.0.0.1" },
  });
  table.insert({ ...network, id: "i", name: "shut", internal: true });
  table.insert({ ...network, id: "h", name: "host", driver: "host" });
  const proxies = new RecordingProxies();
  const firewall = new BridgeFirewall(kernel, "t");
  const publisher = new BridgePortPublisher({
    kernel,
    firewall,
    networks: table,
    defaultAddress: "0.0.0.0",
    proxies,
    mayProxy: false,
    ...parts,
  });
  const again = (change: Partial<PortPublisherParts> = {}) =>
    new BridgePortPublisher({
      ...{ kernel, firewall, networks: table, defaultAddress: "0.0.0.0", proxies, mayProxy: false },
      ...change,
    });
  return { kernel, publisher, proxies, again };
}

const messageOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "nothing was refused",
    (error) => error.message,
  );

test("publish reserves, forwards, forgets datagram flows; unpublish undoes all of it", async () => {
  const { kernel, publisher } = setting();
  const ports = await publisher.publish(one, "web", [
    wish("", 8080),
    wish("127.0.0.1", 53, 53, "udp"),
    wish("", 0),
  ]);
  expect(ports.map(({ hostIp, hostPort, protocol }) => `${hostIp}:${hostPort}/${protocol}`)).toEqual([
    "0.0.0.0:8080/tcp",
    "127.0.0.1:53/udp",
    "0.0.0.0:32770/tcp",
  ]);
  expect(kernel.published.get("tcp 0.0.0.0 8080")).toBe("172.17.0.2:80");
  expect(kernel.calls).toEqual(["elements", "hairpin", "forget 127.0.0.1:53"]);
  await publisher.unpublish("aa");
  expect([...kernel.published.keys(), ...kernel.held]).toEqual([]);
  await publisher.unpublish("aa");
});

test("publish is all or nothing", async () => {
  const { kernel, publisher } = setting();
  kernel.strangers.set("tcp 81", 'process "nginx" with pid 7');
  expect(await messageOf(publisher.publish(one, "web", [wish("", 80), wish("", 81)]))).toBe(
    `driver failed programming external connectivity on endpoint web (${one.endpointId}): Bind for 0.0.0.0:81 failed: port is already allocated (it is held by process "nginx" with pid 7)`,
  );
  expect([...kernel.published.keys(), ...kernel.held]).toEqual([]);
});

test("a port of another container is refused by name, a range goes round it until it is full", async () => {
  const { publisher } = setting();
  await publisher.publish(one, "web", [wish("", 80)]);
  expect(await messageOf(publisher.publish(two, "db", [wish("10.0.0.1", 80)]))).toEndWith(
    'Bind for 10.0.0.1:80 failed: port is already allocated (it is held by container "web")',
  );
  expect((await publisher.publish(two, "db", [wish("", 80, 81)]))[0]?.hostPort).toBe(81);
  expect(await messageOf(publisher.publish(two, "db", [wish("", 80, 81)]))).toEndWith(
    "Bind for 0.0.0.0:80-81 failed: all ports are allocated",
  );
  expect((await publisher.publish(two, "db", [wish("", 80, 80, "udp")]))[0]?.hostPort).toBe(80);
});

test("addresses that cannot be served are refused", async () => {
  const { publisher } = setting();
  expect(await messageOf(publisher.publish(one, "web", [wish("::1", 80)]))).toContain(
    'publishing on "::1" is not available: the container has no IPv6 address (the engine option --userland-proxy allows a copying proxy)',
  );
  expect(await messageOf(publisher.publish(one, "web", [wish("198.51.100.7", 80)]))).toContain(
    "cannot assign requested address",
  );
});

test("restore takes the ports again, closes the others, and tells of a port taken meanwhile", async () => {
  const { kernel, publisher } = setting();
  const ports = await publisher.publish(one, "web", [wish("", 80), wish("127.0.0.1", 81)]);
  await publisher.publish(two, "db", [wish("127.0.0.1", 82, 82, "udp")]);
  publisher.close();
  expect(kernel.published.size).toBe(3);
  kernel.strangers.set("tcp 81", 'process "nc" with pid 9');
  const said = await publisher.restore([{ endpoint: one, containerName: "web", ports }]);
  expect(said).toEqual([
    'port 127.0.0.1:81 of container web was also opened by process "nc" with pid 9 while no engine ran; it still leads to the container',
    "published port 127.0.0.1:82->172.17.0.3:80/udp was left over and is closed",
  ]);
  expect([...kernel.held]).toEqual(["tcp 80"]);
});

test("a port without an address goes where its network says; internal and host networks publish nothing", async () => {
  const { publisher } = setting();
  const on = (networkId: string) => publisher.publish({ ...one, networkId }, "web", [wish("", 80)]);
  expect((await on("l"))[0]?.hostIp).toBe("127.0.0.1");
  expect(await messageOf(on("i"))).toBe("network shut is internal: ports cannot be published on it");
  expect(await messageOf(on("h"))).toBe("network host cannot publish ports");
});

const dual = { ...one, ipv6Address: "fd00::2" };
const shown = (ports: readonly { hostIp: string; hostPort: number }[]) =>
  ports.map(({ hostIp, hostPort }) => `${hostIp} ${hostPort}`);

test("without an address a container with IPv6 is published on IPv6 too, on the same port", async () => {
  const { kernel, publisher } = setting();
  expect(shown(await publisher.publish(dual, "web", [wish("", 80)]))).toEqual(["0.0.0.0 80", ":: 80"]);
  expect(kernel.published.get("tcp :: 80")).toBe("fd00::2:80");
  const [first, second] = await publisher.publish(dual, "web", [wish("", 0)]);
  expect(second?.hostPort).toBe(first?.hostPort ?? -1);
  // Taken on one of both is taken.
  kernel.held.add("tcp 90 v6");
  expect(await messageOf(publisher.publish(dual, "web", [wish("", 90)]))).toContain(
    "Bind for [::]:90 failed",
  );
  expect(kernel.held.has("tcp 90")).toBe(false);
  expect(shown(await publisher.publish(dual, "web", [wish("", 90, 91)]))).toEqual(["0.0.0.0 91", ":: 91"]);
  kernel.ipv6 = false;
  expect(shown(await publisher.publish(dual, "web", [wish("", 92)]))).toEqual(["0.0.0.0 92"]);
});

test("a copying proxy brings IPv6 to a container without, outlives the engine, and goes with the port", async () => {
  const { kernel, publisher, proxies, again } = setting({ mayProxy: true });
  const ports = await publisher.publish(one, "web", [wish("", 80)]);
  expect(shown(ports)).toEqual(["0.0.0.0 80", ":: 80"]);
  expect(proxies.lines).toEqual([":::80->172.17.0.2:80"]);
  expect(kernel.published.has("tcp :: 80")).toBe(false);
  publisher.close();
  await proxies.start({ protocol: "tcp", hostIp: "::", hostPort: 9, targetIp: "172.17.0.9", targetPort: 9 });
  // The next engine may start none, but what runs goes on.
  const next = again();
  expect(await next.restore([{ endpoint: one, containerName: "web", ports }])).toEqual([
    "the proxy of port :::9 was left over and is stopped",
  ]);
  expect(proxies.lines).toEqual([":::80->172.17.0.2:80"]);
  expect(next.routes().map((route) => route.via)).toEqual(["kernel", "proxy"]);
  await next.unpublish("aa");
  expect(proxies.lines).toEqual([]);
});

test("containers that ask for it share a port; mixing is refused with the reason", async () => {
  const { kernel, publisher } = setting();
  const shared = { ...wish("", 80), shared: true };
  await publisher.publish(one, "one", [shared]);
  await publisher.publish(two, "two", [shared]);
  expect(kernel.scripts.at(-1)).toContain("mod 2 map { 0 : 172.17.0.2 . 80, 1 : 172.17.0.3 . 80 }");
  const three = endpoint("cc", "172.17.0.4");
  expect(await messageOf(publisher.publish(three, "three", [wish("", 80)]))).toEndWith(
    '(it is held by container "one", which shares it only with containers that have the label hull.publish-mode=shared)',
  );
  await publisher.publish(three, "three", [wish("", 81)]);
  expect(await messageOf(publisher.publish(two, "two", [{ ...wish("", 81), shared: true }]))).toContain(
    "which does not share it",
  );
  await publisher.unpublish("aa");
  expect(kernel.scripts.at(-1)).toContain("mod 1 map { 0 : 172.17.0.3 . 80 }");
  expect(kernel.held.has("tcp 80")).toBe(true);
  await publisher.unpublish("bb");
  expect(kernel.scripts.at(-1)).toContain("delete chain");
  expect([...kernel.held]).toEqual(["tcp 81"]);
});

test("a port is shared within a group only, and others are told which", async () => {
  const { publisher } = setting();
  const shared = (group?: string) => ({ ...wish("", 80), shared: true, ...(group && { group }) });
  const [port] = await publisher.publish(one, "one", [shared("shop/web")]);
  expect(port).toMatchObject({ shared: true, group: "shop/web" });
  expect(await messageOf(publisher.publish(two, "two", [shared("blog/web")]))).toEndWith(
    'port is already allocated (it is held by container "one", which shares it only with those of shop/web)',
  );
  expect(await messageOf(publisher.publish(two, "two", [shared()]))).toContain("those of shop/web");
  expect(await messageOf(publisher.publish(two, "two", [wish("", 80)]))).toContain(
    "which shares it only with those of shop/web",
  );
  await publisher.publish(two, "two", [shared("shop/web")]);
});

test("who stands back gets no connection while another does not, and all get some when all do", async () => {
  const { kernel, publisher } = setting();
  const shared = { ...wish("", 80), shared: true };
  await publisher.publish(one, "one", [shared]);
  await publisher.publish(two, "two", [shared], true);
  expect(kernel.scripts.at(-1)).toContain("mod 1 map { 0 : 172.17.0.2 . 80 }");
  await publisher.stand("bb", false);
  expect(kernel.scripts.at(-1)).toContain("mod 2 map");
  await publisher.stand("aa", true);
  expect(kernel.scripts.at(-1)).toContain("mod 1 map { 0 : 172.17.0.3 . 80 }");
  await publisher.stand("bb", true);
  expect(kernel.scripts.at(-1)).toContain("mod 2 map");
  const before = kernel.scripts.length;
  await publisher.stand("bb", true);
  expect(kernel.scripts.length).toBe(before);
});

test("datagram flows of a container that leaves a shared port are forgotten, the others' are not", async () => {
  const { kernel, publisher } = setting();
  const shared = { ...wish("", 53, 53, "udp"), shared: true };
  await publisher.publish(one, "one", [shared]);
  await publisher.publish(two, "two", [shared]);
  await publisher.unpublish("aa");
  expect(kernel.calls.filter((call) => call.startsWith("forget"))).toEqual([
    "forget 0.0.0.0:53",
    "forget 0.0.0.0:53 of 172.17.0.3",
    "forget 0.0.0.0:53 of 172.17.0.2",
  ]);
});

test("single ports of a running container come and go", async () => {
  const { kernel, publisher } = setting();
  const [first] = await publisher.publish(one, "web", [wish("", 80)]);
  await publisher.publish(one, "web", [wish("127.0.0.1", 81)]);
  await publisher.unpublish("aa", first ? [first] : []);
  expect([...kernel.published.keys()]).toEqual(["tcp 127.0.0.1 81"]);
});

test("the default address, the network's and the user's, the nearer one decides", async () => {
  const { publisher } = setting({ defaultAddress: "127.0.0.1" });
  const at = async (networkId: string, hostIp: string, port: number) =>
    shown(await publisher.publish({ ...dual, networkId }, "web", [wish(hostIp, port)]))[0];
  expect(await at("n", "", 80)).toBe("127.0.0.1 80");
  expect(await at("n", "0.0.0.0", 81)).toBe("0.0.0.0 81");
  expect(await at("l", "", 82)).toBe("127.0.0.1 82");
});
