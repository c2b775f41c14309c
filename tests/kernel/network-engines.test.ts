import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createNetworking } from "../../src/network/networking.ts";
import { forwardDroppers } from "../../src/sys/firewall.ts";
import { MemoryNetworkTable } from "../fakes/network-table.ts";
import { ask, inside, run, serve, useNetworkBench, wish } from "./network-bench.ts";

const bench = useNetworkBench();

test("two engines side by side leave each other alone, and meet at a port", async () => {
  const execRoot = mkdtempSync(join(tmpdir(), "hull-network-"));
  const table = new MemoryNetworkTable();
  const second = createNetworking({
    execRoot,
    networks: table,
    bridgeName: "hk1",
    pools: [{ base: "10.213.0.0/16", size: 24 }],
  });
  await second.init();
  const theirs = table.list().find((network) => network.name === "bridge");
  if (!theirs) throw new Error("no default bridge");
  // 10.213.0.0/24 is a route of the first engine.
  expect(theirs.ipam.pools[0]?.subnet).toBe("10.213.1.0/24");

  const sandbox = await second.createSandbox("theirs");
  const endpoint = await second.driver(theirs).attach(theirs, sandbox, {});
  const ours = await bench().up("ours");
  const server = serve(sandbox, 80, "second");
  try {
    await second.ports.publish(endpoint, "theirs", [wish("", 18080)]);
    const refused = await bench()
      .net.ports.publish(ours.endpoint, "ours", [wish("", 18080)])
      .catch((e) => e);
    expect(refused.message).toContain("port is already allocated");
    expect(await inside(ours.sandbox, ask("10.213.0.1", 18080))).toStartWith("second");

    await bench().net.repair(() => false);
    await bench().net.driver(bench().bridge).reconcile(bench().bridge, []);
    await bench().net.ports.restore([]);
    await bench().net.close();
    expect(await run(ask("127.0.0.1", 18080))).toStartWith("second");
    expect(await run("nft list tables")).toBe("table ip hull_hk1");
  } finally {
    server.stop(true);
    await second.repair(() => false);
    await second.close();
    rmSync(execRoot, { recursive: true });
    bench().open();
    await bench().net.init();
  }
});

test("an engine refuses the bridge of another one", async () => {
  const execRoot = mkdtempSync(join(tmpdir(), "hull-network-"));
  const other = createNetworking({ execRoot, networks: new MemoryNetworkTable(), bridgeName: "hk0" });
  const failure = await other.init().catch((error) => error);
  expect(failure.message).toStartWith('bridge "hk0" belongs to another engine');
  await other.close();
  expect(await run("ip -br link show dev hk0")).toContain("hk0");
  expect(await run("nft list tables")).toBe("table ip hull_hk0");
  rmSync(execRoot, { recursive: true });
});

test("a bridge that the user made is used as it is and stays", async () => {
  await bench().net.close();
  await run("ip link add hkuser type bridge; ip addr add 10.217.3.9/24 dev hkuser; ip link set hkuser up");
  bench().table.remove(bench().bridge.id);
  const net = bench().open({ bridgeName: "hkuser", bip: "" });
  await net.init();
  expect(bench().bridge.ipam.pools).toEqual([{ subnet: "10.217.3.0/24", gateway: "10.217.3.9" }]);
  const { sandbox, endpoint } = await bench().up("one");
  expect(endpoint.ipAddress).toBe("10.217.3.1");
  expect(await inside(sandbox, "busybox ping -c1 -W2 10.217.3.9")).toContain(" 0% packet loss");
  await net.removeSandbox("one");
  await net.close();
  expect(await run("ip -o -4 addr show dev hkuser")).toContain("10.217.3.9/24");
  await run("ip link del hkuser");
  bench().table.remove(bench().bridge.id);
  bench().open();
  await bench().net.init();
});

test("another --bip takes the place of the old address", async () => {
  await bench().net.close();
  await bench().open().init();
  expect(await run("ip -o -4 addr show dev hk0")).toContain("10.213.0.1/24");
  await bench().open({ bip: "10.213.9.1/24" }).init();
  const shown = await run("ip -o -4 addr show dev hk0");
  expect(shown).toContain("10.213.9.1/24");
  expect(shown).not.toContain("10.213.0.1");
});

for (const value of ["0", "1"]) {
  test(`ports work the same with bridge-nf-call-iptables=${value}`, async () => {
    await run(`[ -e /proc/sys/net/bridge ] && echo ${value} > /proc/sys/net/bridge/bridge-nf-call-iptables`);
    const one = await bench().up("one");
    const two = await bench().up("two");
    const server = serve(one.sandbox, 80, "hello");
    try {
      await bench().net.ports.publish(one.endpoint, "one", [wish("", 18080)]);
      expect(await run(ask("127.0.0.1", 18080))).toStartWith("hello");
      for (const from of [one, two])
        expect(await inside(from.sandbox, ask("10.213.0.1", 18080))).toStartWith("hello");
      expect(await inside(two.sandbox, `busybox ping -c1 -W2 ${one.endpoint.ipAddress}`)).toContain(
        " 0% packet loss",
      );
    } finally {
      server.stop(true);
    }
  });
}

test("a foreign firewall that drops what it does not know is found, so that a start can warn of it", async () => {
  await run(
    "nft 'add table ip filter; add chain ip filter FORWARD { type filter hook forward priority 0; policy drop; }'",
  );
  expect(await forwardDroppers("hull_hk0")).toEqual(["filter FORWARD"]);
  await run("nft delete table ip filter");
  expect(await forwardDroppers("hull_hk0")).toEqual([]);
});
