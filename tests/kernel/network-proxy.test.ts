import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildShim } from "../../native/build.mjs";
import { openLinuxKernel } from "../../src/network/linux-kernel.ts";
import { nativePortProxies } from "../../src/sys/port-proxy.ts";
import { ask, run, serve, useNetworkBench, wish } from "./network-bench.ts";

const directory = mkdtempSync(join(tmpdir(), "hull-proxy-"));
const proxies = nativePortProxies(join(directory, "shim"), directory);
beforeAll(() => void buildShim(join(directory, "shim")));
afterAll(() => rmSync(directory, { recursive: true }));

/** A kernel whose /proc/sys is read-only, as inside of a container. */
const stiff = { ...openLinuxKernel(), routesLoopback: () => false };
const bench = useNetworkBench({ kernel: stiff, proxies, userlandProxy: true });

test("where the kernel may not route loopback, a proxy serves it and the kernel all the rest", async () => {
  await run("echo 0 > /proc/sys/net/ipv4/conf/hk0/route_localnet");
  const { sandbox, endpoint } = await bench().up("one");
  const server = serve(sandbox, 80, "hello");
  try {
    await bench().net.ports.publish(endpoint, "one", [wish("0.0.0.0", 18080), wish("127.0.0.1", 18081)]);
    expect(
      bench()
        .net.ports.routes()
        .map(({ via }) => via),
    ).toEqual(["both", "proxy"]);
    expect(await run(ask("127.0.0.1", 18080))).toStartWith("hello");
    expect(await run(ask("127.0.0.1", 18081))).toStartWith("hello");
    expect(await run(ask("10.213.0.1", 18080))).toStartWith("hello");
    expect(proxies.running()).toHaveLength(2);
  } finally {
    server.stop(true);
    await bench().net.ports.unpublish("one");
  }
  expect(proxies.running()).toHaveLength(0);
  expect(await run(ask("127.0.0.1", 18081))).toContain("refused");
});

test("a proxy whose container has no server passes the refusal on, and a taken port is told", async () => {
  const { endpoint } = await bench().up("one");
  await bench().net.ports.publish(endpoint, "one", [wish("127.0.0.1", 18080)]);
  expect(await run(ask("127.0.0.1", 18080))).toMatch(/reset|^$/);
  const taken = { protocol: "tcp", hostIp: "127.0.0.1", hostPort: 18080, targetPort: 1 } as const;
  expect(proxies.start({ ...taken, targetIp: "10.213.0.9" })).rejects.toThrow("EADDRINUSE");
  await bench().net.ports.unpublish("one");
});
