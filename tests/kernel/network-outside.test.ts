import { afterEach, beforeEach, expect, test } from "bun:test";
import type { NetworkRecord } from "../../src/records/network-record.ts";
import { ask, askInVain, inside, run, serve, useNetworkBench, wish } from "./network-bench.ts";

const bench = useNetworkBench();

/** Another machine on the host's network: 10.215.0.9, the host is 10.215.0.1. */
const other = { containerId: "", path: "" };
let otherProcess: Bun.Subprocess;

beforeEach(async () => {
  otherProcess = Bun.spawn(["unshare", "--net", "sleep", "1000"]);
  other.path = `/proc/${otherProcess.pid}/ns/net`;
  const own = await run("readlink /proc/self/ns/net");
  while ((await run(`readlink ${other.path}`)) === own);
  await run(`
    ip link add lan0 type veth peer name lan1 netns ${otherProcess.pid}
    ip addr add 10.215.0.1/24 dev lan0; ip link set lan0 up`);
  await inside(other, "ip addr add 10.215.0.9/24 dev lan1");
  await inside(other, "ip link set lan1 up");
  await inside(other, "ip link set lo up");
});

afterEach(async () => {
  otherProcess.kill();
  await run("ip link del lan0");
});

test("another host reaches a published port, and the container sees who it is", async () => {
  const { sandbox, endpoint } = await bench().up("one");
  const server = serve(sandbox, 80, "hello");
  try {
    await bench().net.ports.publish(endpoint, "one", [wish("", 18080)]);
    expect(await inside(other, ask("10.215.0.1", 18080))).toBe("hello 10.215.0.9");
  } finally {
    server.stop(true);
  }
});

test("a port published on one address answers on that address only", async () => {
  const { sandbox, endpoint } = await bench().up("one");
  const server = serve(sandbox, 80, "hello");
  try {
    await bench().net.ports.publish(endpoint, "one", [wish("10.215.0.1", 18080)]);
    expect(await inside(other, ask("10.215.0.1", 18080))).toStartWith("hello");
    expect(await run(ask("127.0.0.1", 18080))).toContain("refused");
  } finally {
    server.stop(true);
  }
});

test("a port published on loopback is out of reach for others, even when they address loopback", async () => {
  const { sandbox, endpoint } = await bench().up("one");
  const server = serve(sandbox, 80, "hello");
  try {
    await bench().net.ports.publish(endpoint, "one", [wish("127.0.0.1", 18080)]);
    expect(await run(ask("127.0.0.1", 18080))).toStartWith("hello");
    expect(await inside(other, askInVain("10.215.0.1", 18080))).not.toContain("hello");
    await inside(other, "ip addr del 127.0.0.1/8 dev lo");
    await inside(other, "ip route add 127.0.0.1/32 via 10.215.0.1");
    await inside(other, "sh -c 'echo 1 > /proc/sys/net/ipv4/conf/lan1/route_localnet'");
    expect(await inside(other, askInVain("127.0.0.1", 18080))).not.toContain("hello");
  } finally {
    server.stop(true);
  }
});

test("nobody on a bridge reaches the host's loopback, though published ports route it there", async () => {
  const { sandbox } = await bench().up("one");
  const secret = Bun.listen({
    hostname: "127.0.0.1",
    port: 18099,
    socket: { data: () => {}, open: (socket) => void socket.end("secret") },
  });
  try {
    expect(await run(ask("127.0.0.1", 18099))).toBe("secret");
    await inside(sandbox, "ip addr del 127.0.0.1/8 dev lo");
    await inside(sandbox, "sh -c 'echo 1 > /proc/sys/net/ipv4/conf/eth0/route_localnet'");
    await inside(sandbox, "ip route add 127.0.0.1/32 via 10.213.0.1");
    expect(await inside(sandbox, askInVain("127.0.0.1", 18099))).not.toContain("secret");
    // Without our guard it would be reached: that is what the guard is for.
    await run("nft flush chain ip hull_hk0 guard");
    expect(await inside(sandbox, ask("127.0.0.1", 18099))).toContain("secret");
  } finally {
    secret.stop(true);
  }
});

test("a container goes out under the host's address; what is not published stays closed", async () => {
  const { sandbox, endpoint } = await bench().up("one");
  const outside = serve(other, 7000, "outside");
  const server = serve(sandbox, 81, "private");
  try {
    expect(await inside(sandbox, ask("10.215.0.9", 7000))).toBe("outside 10.215.0.1");
    await inside(other, "ip route add 10.213.0.0/24 via 10.215.0.1");
    expect(await run(ask(endpoint.ipAddress, 81))).toStartWith("private");
    expect(await inside(other, askInVain(endpoint.ipAddress, 81))).not.toContain("private");
  } finally {
    outside.stop(true);
    server.stop(true);
  }
});

test("an internal network leads nowhere, and nobody leads into it", async () => {
  const network: NetworkRecord = {
    ...bench().bridge,
    id: "ab".repeat(32),
    name: "shut",
    internal: true,
    options: {},
    ipam: { driver: "default", options: {}, pools: [{ subnet: "10.214.9.0/24" }] },
  };
  await bench().net.driver(network).create(network);
  const one = await bench().up("one", {}, network);
  const two = await bench().up("two", {}, network);
  const outside = serve(other, 7000, "outside");
  try {
    expect(one.endpoint.gateway).toBe("");
    expect(await inside(one.sandbox, "ip route show default")).toBe("");
    await inside(one.sandbox, "ip route add default via 10.214.9.1");
    expect(await inside(one.sandbox, askInVain("10.215.0.9", 7000))).not.toContain("outside");
    expect(await inside(one.sandbox, `busybox ping -c1 -W2 ${two.endpoint.ipAddress}`)).toContain(
      " 0% packet loss",
    );
  } finally {
    outside.stop(true);
  }
});
