import { expect, test } from "bun:test";
import type { NetworkRecord } from "../../src/records/network-record.ts";
import { ask, inside, run, serve, useNetworkBench, wish } from "./network-bench.ts";

const bench = useNetworkBench();

test("a container gets eth0 with its address, Docker's MAC, a default route and nothing of IPv6", async () => {
  const one = await bench().up("one");
  expect(one.endpoint).toMatchObject({
    interfaceName: "eth0",
    ipAddress: "10.213.0.2",
    ipPrefixLength: 24,
    gateway: "10.213.0.1",
    macAddress: "02:42:0a:d5:00:02",
  });
  const shown = await inside(one.sandbox, "ip -o addr show dev eth0");
  expect(shown).toContain("inet 10.213.0.2/24 brd 10.213.0.255");
  expect(shown).not.toContain("inet6");
  expect(await inside(one.sandbox, "ip route show default")).toBe("default via 10.213.0.1 dev eth0");
  expect(await inside(one.sandbox, "ip -br link show lo")).toContain("LOOPBACK,UP");
  expect(await inside(one.sandbox, "busybox ping -c1 -W2 10.213.0.1")).toContain(" 0% packet loss");
});

test("containers reach each other; the lowest free address is given again", async () => {
  const one = await bench().up("one");
  const two = await bench().up("two");
  expect(await inside(one.sandbox, `busybox ping -c1 -W2 ${two.endpoint.ipAddress}`)).toContain(
    " 0% packet loss",
  );
  await bench().down(one);
  const again = await bench().up("again", { macAddress: "02:11:22:33:44:55" });
  expect(again.endpoint.ipAddress).toBe("10.213.0.2");
  expect(await inside(two.sandbox, `busybox ping -c1 -W2 ${again.endpoint.ipAddress}`)).toContain(
    " 0% packet loss",
  );
});

function record(
  name: string,
  subnet: string,
  options: Record<string, string> = {},
  internal = false,
): NetworkRecord {
  return {
    ...bench().bridge,
    id: Buffer.from(name.padEnd(32)).toString("hex"),
    name,
    internal,
    options,
    ipam: { driver: "default", options: {}, pools: bench().net.planPools([{ subnet }], [4], "bridge") },
  };
}

async function make(network: NetworkRecord): Promise<NetworkRecord> {
  await bench().net.driver(network).create(network);
  bench().table.insert(network);
  return network;
}

test("user-defined networks have bridges of their own, static addresses, and are kept apart", async () => {
  const red = await make(record("red", "10.214.1.0/24"));
  const blue = await make(record("blue", "10.214.2.0/24", { "com.docker.network.bridge.name": "hkblue" }));
  expect(await run("ip -o -4 addr show dev br-726564202020")).toContain("10.214.1.1/24");
  expect(await run("ip -o -4 addr show dev hkblue")).toContain("10.214.2.1/24");
  const one = await bench().up("one", { ipv4: "10.214.1.77" }, red);
  const two = await bench().up("two", {}, blue);
  expect(one.endpoint.ipAddress).toBe("10.214.1.77");
  expect(await inside(one.sandbox, "busybox ping -c1 -W2 10.214.1.1")).toContain(" 0% packet loss");
  expect(await inside(one.sandbox, "busybox ping -c1 -W1 10.214.2.2")).toContain("100% packet loss");
  const taken = bench().up("three", { ipv4: "10.214.1.77" }, red);
  expect(taken).rejects.toThrow("Address already in use");
  await taken.catch(() => {});

  // A second network of the same container: another interface, and gone again by disconnect.
  const second = await bench().net.driver(blue).attach(blue, one.sandbox, {});
  expect(second.interfaceName).toBe("eth1");
  expect(await inside(one.sandbox, "busybox ping -c1 -W2 10.214.2.2")).toContain(" 0% packet loss");
  await bench().net.driver(blue).detach(blue, second);
  expect(await inside(one.sandbox, "ip -br link show")).not.toContain("eth1");

  for (const [running, network] of [
    [one, red],
    [two, blue],
  ] as const) {
    await bench().down(running, network);
    bench().table.remove(network.id);
    await bench().net.driver(network).remove(network);
  }
  expect(await run("ip -br link show dev hkblue 2>&1")).toContain("does not exist");
});

test("without inter-container communication neighbours are silent, the gateway and published ports are not", async () => {
  const quiet = await make(
    record("quiet", "10.214.3.0/24", { "com.docker.network.bridge.enable_icc": "false" }),
  );
  const one = await bench().up("one", {}, quiet);
  const two = await bench().up("two", {}, quiet);
  const server = serve(two.sandbox, 80, "hello");
  try {
    expect(await inside(one.sandbox, "busybox ping -c1 -W1 10.214.3.3")).toContain("100% packet loss");
    expect(await inside(one.sandbox, "busybox ping -c1 -W2 10.214.3.1")).toContain(" 0% packet loss");
    // Neither through the gateway, which could be asked to pass it on.
    await inside(one.sandbox, "ip route add 10.214.3.3/32 via 10.214.3.1");
    expect(await inside(one.sandbox, "busybox ping -c1 -W1 10.214.3.3")).toContain("100% packet loss");
    await bench().net.ports.publish(two.endpoint, "two", [wish("", 18080)]);
    expect(await run(ask("127.0.0.1", 18080))).toStartWith("hello");
  } finally {
    server.stop(true);
    bench().table.remove(quiet.id);
  }
});

test("what a network cannot do is refused", async () => {
  const refused = async (work: Promise<unknown>, words: string) => {
    const error = await work.then(
      () => undefined,
      (caught) => caught,
    );
    expect(error?.message).toContain(words);
  };
  await refused(
    bench().up("a", { ipv4: "10.213.0.9" }),
    "user specified IP address is supported on user defined networks only",
  );
  await refused(
    make(record("odd", "10.214.4.0/24", { "com.docker.network.bridge.inhibit_ipv4": "1" })),
    "is not supported",
  );
  await refused(
    make(record("long", "10.214.4.0/24", { "com.docker.network.bridge.name": "a-name-too-long-by-far" })),
    "invalid bridge name",
  );
  expect(() => record("over", "10.213.0.0/16")).toThrow("Pool overlaps with other one");
  expect(() => bench().net.driver({ ...bench().bridge, driver: "ipvlan" })).toThrow(
    'network driver "ipvlan" is not available',
  );
});

test("counters tell what went through a container's interfaces", async () => {
  const { sandbox } = await bench().up("one");
  await inside(sandbox, "busybox ping -c3 -i0.1 -W2 10.213.0.1");
  const counters = await bench().net.counters("one");
  expect(Object.keys(counters)).toEqual(["eth0"]);
  expect(counters.eth0?.txPackets).toBeGreaterThanOrEqual(3);
  expect(counters.eth0?.rxBytes).toBeGreaterThanOrEqual(3 * 98);
  expect(await bench().net.counters("nobody")).toEqual({});
});
