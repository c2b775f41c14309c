import { expect, test } from "bun:test";
import { RecordingKernel } from "../../tests/fakes/network-kernel.ts";
import { MemoryNetworkTable } from "../../tests/fakes/network-table.ts";
import type { NetworkRecord } from "../records/network-record.ts";
import { BridgeFirewall } from "./bridge-firewall.ts";
import type { Endpoint, PortWish } from "./network.ts";
import { BridgePortPublisher } from "./port-publisher.ts";

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

function setting() {
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
  const publisher = new BridgePortPublisher(kernel, new BridgeFirewall(kernel, "t"), table, "0.0.0.0");
  return { kernel, publisher };
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
  expect(await messageOf(publisher.publish(one, "web", [wish("::1", 80)]))).toContain("has no IPv6");
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
