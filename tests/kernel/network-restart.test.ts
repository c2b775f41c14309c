import { expect, test } from "bun:test";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import type { Endpoint } from "../../src/network/network.ts";
import type { PublishedPort } from "../../src/records/container-record.ts";
import { ask, inside, linksGone, run, serve, useNetworkBench, wish } from "./network-bench.ts";

const bench = useNetworkBench();

/** What the next engine does first with what its records say. */
async function startAgain(alive: readonly { endpoint: Endpoint; ports: readonly PublishedPort[] }[]) {
  const net = bench().open();
  await net.init();
  const ids = new Set(alive.map(({ endpoint }) => endpoint.containerId));
  return [
    ...(await net.repair((id) => ids.has(id))),
    ...(await net.driver(bench().bridge).reconcile(
      bench().bridge,
      alive.map(({ endpoint }) => endpoint),
    )),
    ...(await net.ports.restore(alive.map((one) => ({ ...one, containerName: one.endpoint.containerId })))),
  ];
}

test("published ports serve while no engine runs and are taken again by the next", async () => {
  const { sandbox, endpoint } = await bench().up("one");
  const server = serve(sandbox, 80, "hello");
  try {
    const ports = await bench().net.ports.publish(endpoint, "one", [wish("", 18080)]);
    await bench().net.close();
    expect(await run(ask("127.0.0.1", 18080))).toStartWith("hello");

    expect(await startAgain([{ endpoint, ports }])).toEqual([]);
    expect(await run(ask("127.0.0.1", 18080))).toStartWith("hello");
    expect(() => Bun.listen({ hostname: "0.0.0.0", port: 18080, socket: { data: () => {} } })).toThrow();
    const next = await bench().up("next");
    const error = await bench()
      .net.ports.publish(next.endpoint, "next", [wish("", 18080)])
      .catch((e) => e);
    expect(error.message).toContain('port is already allocated (it is held by container "one")');
    await bench().net.ports.unpublish("one");
    expect(await run(ask("127.0.0.1", 18080))).toContain("refused");
  } finally {
    server.stop(true);
  }
});

test("a start removes what belongs to nobody, keeps what does, says so, and says nothing the second time", async () => {
  const kept = await bench().up("kept");
  const gone = await bench().up("gone");
  const keptPorts = await bench().net.ports.publish(kept.endpoint, "kept", [wish("", 18080)]);
  await bench().net.ports.publish(gone.endpoint, "gone", [wish("127.0.0.1", 18081)]);
  await bench().net.close();

  const alive = [{ endpoint: kept.endpoint, ports: keptPorts }];
  const said = (await startAgain(alive)).join("\n");
  expect(said).toContain("network namespace of container gone was left over");
  expect(said).toContain("address 10.213.0.3 on network bridge was left over");
  expect(said).toContain("published port 127.0.0.1:18081->10.213.0.3:80/tcp was left over and is closed");
  expect(await inside(kept.sandbox, "busybox ping -c1 -W2 10.213.0.1")).toContain(" 0% packet loss");
  expect(await run("nft list table ip hull_hk0")).not.toContain("18081");

  await bench().net.close();
  expect(await startAgain(alive)).toEqual(
    ["published port 0.0.0.0:18080->10.213.0.2:80/tcp was left over and is closed"].slice(1),
  );
});

test("a bridge, a port of it and the firewall that somebody took away come back", async () => {
  const { sandbox, endpoint } = await bench().up("one");
  const server = serve(sandbox, 80, "hello");
  try {
    const ports = await bench().net.ports.publish(endpoint, "one", [wish("", 18080)]);
    await bench().net.close();
    await run("ip link del hk0; nft flush ruleset");
    const said = (await startAgain([{ endpoint, ports }])).join("\n");
    expect(said).toContain("interface eth0 of container one on network bridge is off its bridge hk0");
    expect(await run(ask("127.0.0.1", 18080))).toStartWith("hello");

    // The same while the engine runs: the next change of a port mends it.
    await run("nft flush ruleset");
    await bench().net.ports.publish(endpoint, "one", [wish("", 18081)]);
    expect(await run(ask("127.0.0.1", 18080))).toStartWith("hello");
    expect(await run(ask("127.0.0.1", 18081))).toStartWith("hello");
    await run("nft flush ruleset");
    await bench().net.ports.unpublish("one");
    expect(await run(ask("127.0.0.1", 18080))).toContain("refused");
  } finally {
    server.stop(true);
  }
});

const victim = join(import.meta.dir, "network-victim.ts");

for (const point of ["network.sandbox", "network.attach", "network.publish"]) {
  test(`an engine killed at ${point} leaves nothing that the next does not remove`, async () => {
    const child = Bun.spawn([process.execPath, victim, bench().execRoot], {
      env: { ...process.env, HULL_FAIL: `${point}=1*exit` },
      stderr: "inherit",
    });
    await child.exited;
    expect(child.signalCode).toBe("SIGKILL");
    expect(await run(`ls ${bench().execRoot}/netns`)).toBe("victim");
    const said = await startAgain([]);
    expect(said).toContain("network namespace of container victim was left over");
    expect(await run(`ls ${bench().execRoot}/netns`)).toBe("");
    expect(await run("nft list map ip hull_hk0 published_on_any")).not.toContain("18080");
    expect(await startAgain([])).toEqual([]);
  });

  test(`a failure at ${point} is undone on the spot`, async () => {
    const child = Bun.spawn([process.execPath, victim, bench().execRoot], {
      env: { ...process.env, HULL_FAIL: `${point}=1*EIO` },
      stdout: "pipe",
    });
    expect((await new Response(child.stdout).text()).trim()).toBe(`failpoint ${point}: EIO`);
    expect(await run("nft list map ip hull_hk0 published_on_any")).not.toContain("18080");
    await run(`umount ${bench().execRoot}/netns/* && rm ${bench().execRoot}/netns/*`);
  });
}

/** Open files of the kinds that networking uses; those of child processes come and go with the collector. */
function ownFiles(): string[] {
  const sockets = ["tcp", "udp", "netlink", "packet"].map((kind) =>
    readFileSync(`/proc/self/net/${kind}`, "utf8"),
  );
  const files: string[] = [];
  for (const fd of readdirSync("/proc/self/fd")) {
    const file = linkOf(`/proc/self/fd/${fd}`);
    const inode = /^socket:\[(\d+)\]$/.exec(file)?.[1];
    if (inode ? sockets.some((list) => list.includes(` ${inode} `)) : /^(net:|\/)/.test(file))
      files.push(file);
  }
  return files.sort();
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

test("200 containers come and go and leave no interface, mount, thread elsewhere or open file", async () => {
  // Threads that were there before `enterOwnHost` live elsewhere; what counts is that none is added.
  const namespaces = () => run("for t in /proc/$PPID/task/*; do readlink $t/ns/net; done | sort -u");
  const round = async (id: string) => {
    const running = await bench().up(id);
    await bench().net.ports.publish(running.endpoint, "c", [wish("", 18080), wish("", 18080, 53, "udp")]);
    await bench().down(running);
  };
  await round("warm");
  const before = ownFiles();
  const known = await namespaces();
  for (let count = 0; count < 200; count++) await round(`c${count}`);
  expect(ownFiles()).toEqual(before);
  expect(bench().table.addresses(bench().bridge.id)).toEqual([]);
  expect(await namespaces()).toBe(known);
  await bench().net.close();
  await linksGone();
  bench().open();
  await bench().net.init();
}, 30_000);
