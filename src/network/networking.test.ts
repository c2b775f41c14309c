import { describe, expect, test } from "bun:test";
import { networkDriverContract } from "../../tests/contracts/network-driver.ts";
import { RecordingKernel } from "../../tests/fakes/network-kernel.ts";
import { MemoryNetworkTable } from "../../tests/fakes/network-table.ts";
import { createNetworking } from "./networking.ts";
import type { NetworkingOptions } from "./networking-options.ts";

async function setting(
  options: Partial<NetworkingOptions> = {},
  kernel = new RecordingKernel(),
  table = new MemoryNetworkTable(),
) {
  const net = createNetworking({ execRoot: "/run/x", networks: table, kernel, ...options });
  await net.init();
  const bridge = () => {
    const record = table.list().find((network) => network.name === "bridge");
    if (!record) throw new Error("no default bridge");
    return record;
  };
  return { kernel, table, net, bridge };
}

networkDriverContract("BridgeDriver on a recording kernel", async () => {
  const { kernel, table, net } = await setting();
  return {
    net,
    table,
    containerLinks: async () =>
      kernel
        .links()
        .filter((link) => link.kind === "veth")
        .map((link) => link.name),
    [Symbol.asyncDispose]: () => net.close(),
  };
});

describe("init", () => {
  test("makes bridge, host and none, on 172.17.0.0/16 unless a route has it", async () => {
    const { table, bridge, kernel } = await setting();
    expect(table.list().map(({ name, driver }) => `${name} ${driver}`)).toEqual([
      "bridge bridge",
      "host host",
      "none null",
    ]);
    expect(bridge().ipam.pools).toEqual([
      { subnet: "172.17.0.0/16", gateway: "172.17.0.1", automatic: true },
    ]);
    expect(bridge().options["com.docker.network.bridge.name"]).toBe("hull0");
    expect(kernel.calls).toContain("bridge hull0 172.17.0.1/16");

    const busy = new RecordingKernel();
    busy.foreignRoutes.push({ destination: "172.17.0.0/16", link: "docker0" });
    expect((await setting({}, busy)).bridge().ipam.pools[0]?.subnet).toBe("172.18.0.0/16");
  });

  test("keeps the network a second time, also when its own route is there", async () => {
    const { table, kernel, bridge } = await setting();
    const before = bridge();
    kernel.foreignRoutes.push({ destination: "172.17.0.0/16", link: "hull0" });
    await setting({}, kernel, table);
    expect(bridge()).toEqual(before);
  });

  test("follows --bip, but not under running containers", async () => {
    const { table, kernel, bridge, net } = await setting();
    await net.driver(bridge()).attach(bridge(), await net.createSandbox("one"), {});
    await setting({ bip: "10.7.0.5/24" }, kernel, table);
    expect(bridge().ipam.pools[0]?.subnet).toBe("172.17.0.0/16");
    table.releaseAddresses(bridge().id, "one");
    await setting({ bip: "10.7.0.5/24" }, kernel, table);
    expect(bridge().ipam.pools).toEqual([{ subnet: "10.7.0.0/24", gateway: "10.7.0.5" }]);
  });

  test("with --bridge none there is no bridge, no rule and no record of one", async () => {
    const { table, kernel } = await setting({ bridgeName: "none" });
    expect(table.list().map((network) => network.name)).toEqual(["host", "none"]);
    expect(kernel.links()).toEqual([]);
    expect(kernel.scripts).toEqual([]);
  });
});

describe("the way of a container", () => {
  test("without ports costs one namespace and one attach, and no call of the firewall", async () => {
    const { kernel, net, bridge } = await setting();
    kernel.calls.length = 0;
    const endpoint = await net.driver(bridge()).attach(bridge(), await net.createSandbox("one"), {});
    await net.ports.publish(endpoint, "one", []);
    await net.ports.unpublish("one");
    await net.removeSandbox("one");
    await net.driver(bridge()).detach(bridge(), endpoint);
    expect(kernel.calls).toEqual(["namespace", "attach"]);
  });

  test("on host and none nothing is asked of the kernel", async () => {
    const { kernel, net, table } = await setting();
    kernel.calls.length = 0;
    for (const name of ["host", "none"]) {
      const network = table.list().find((one) => one.name === name);
      if (!network) throw new Error(name);
      const sandbox = { containerId: "one", path: "" };
      expect((await net.driver(network).attach(network, sandbox, {})).ipAddress).toBe("");
      expect(net.driver(network).remove(network)).rejects.toThrow("cannot be removed");
    }
    expect(kernel.calls).toEqual([]);
  });
});

test("close() leaves the machine as it was, unless containers run", async () => {
  const { kernel, net } = await setting();
  await net.createSandbox("one");
  await net.close();
  expect(kernel.links().map((link) => link.name)).toEqual(["hull0"]);
  expect(kernel.tables.has("ip")).toBe(true);

  const again = await setting({}, kernel);
  await again.net.removeSandbox("one");
  await again.net.close();
  expect(kernel.links()).toEqual([]);
  expect(kernel.tables.has("ip")).toBe(false);
});

test("repair() takes what is not wanted and leaves what is", async () => {
  const { net, bridge, table, kernel } = await setting();
  for (const id of ["good", "bad"]) {
    await net.driver(bridge()).attach(bridge(), await net.createSandbox(id), {});
  }
  expect(await net.repair((id) => id === "good")).toEqual([
    "network namespace of container bad was left over",
    "address 172.17.0.3 on network bridge was left over",
  ]);
  expect(kernel.namespaces("/run/x/netns")).toEqual(["good"]);
  expect(table.addresses(bridge().id).map((record) => record.containerId)).toEqual(["good"]);
  expect(await net.repair((id) => id === "good")).toEqual([]);
});
