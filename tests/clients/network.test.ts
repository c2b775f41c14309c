import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createServer, type Server } from "node:net";
import { againstReference, type EngineUnderTest, startEngine } from "../setup/engine-under-test.ts";
import { compileProgram } from "../setup/program.ts";
import { until } from "../setup/until.ts";

let engine: EngineUnderTest;
beforeAll(async () => {
  engine = await startEngine();
}, 60_000);
afterAll(() => engine[Symbol.asyncDispose](), 60_000);

const sh = async (flags: string[], script: string) => {
  const { code, out, err } = await engine.docker("run", "--rm", ...flags, "busybox", "sh", "-c", script);
  return code === 0 ? out.trim() : `exit code ${code}: ${err.trim()}`;
};

/** A web server in a container that answers with a word, published. */
async function web(name: string, word: string, ...flags: string[]): Promise<string> {
  const script = `mkdir /w; echo ${word} > /w/index.html; exec httpd -f -p 80 -h /w`;
  await engine.ok("run", "-d", `--name=${name}`, ...flags, "busybox", "sh", "-c", script);
  return (await engine.ok("port", name)).split("\n")[0]?.split(" -> ")[1] ?? "";
}

const get = (address: string) =>
  until(`an answer from ${address}`, async () => {
    try {
      return (await (await fetch(`http://${address}/`, { signal: AbortSignal.timeout(2000) })).text()).trim();
    } catch {
      return undefined;
    }
  });

// dockerd's published ports are in its own network namespace, out of reach for this process.
describe.skipIf(againstReference)("published ports", () => {
  test("answer on loopback and stop answering with the container", async () => {
    const address = await web("web", "hello", "-p", "127.0.0.1::80");
    expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(await get(address)).toBe("hello");
    await engine.ok("stop", "-t0", "web");
    await expect(fetch(`http://${address}/`, { signal: AbortSignal.timeout(1000) })).rejects.toThrow();
    await engine.ok("start", "web");
    const again = (await engine.ok("port", "web")).split(" -> ")[1] ?? "";
    expect(await get(again)).toBe("hello");
    await engine.ok("rm", "-f", "web");
  });

  test("that are taken name who holds them: a container or a process", async () => {
    const address = await web("holder", "x", "-p", "127.0.0.1::80");
    const port = address.split(":")[1] ?? "";
    const second = await engine.docker("run", "--rm", "-p", `127.0.0.1:${port}:80`, "busybox", "true");
    expect(second.code).toBe(125);
    expect(second.err).toContain("port is already allocated");
    expect(second.err).toContain("holder");
    await engine.ok("rm", "-f", "holder");

    const server: Server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const own = server.address();
    const taken = typeof own === "object" && own ? own.port : 0;
    const third = await engine.docker("run", "--rm", "-p", `127.0.0.1:${taken}:80`, "busybox", "true");
    expect(third.code).toBe(125);
    expect(third.err).toMatch(/address already in use|port is already allocated/);
    expect(third.err).toContain(String(process.pid));
    server.close();
  });

  test("-P publishes what the image or --expose names", async () => {
    const address = await web("all", "exposed", "-P", "--expose=80");
    expect(await get(address.replace("0.0.0.0", "127.0.0.1"))).toBe("exposed");
    expect(await engine.ok("inspect", "--format={{json .NetworkSettings.Ports}}", "all")).toContain(
      `"80/tcp":[{"HostIp":"0.0.0.0"`,
    );
    await engine.ok("rm", "-f", "all");
  });

  test("see UDP too", async () => {
    const program = compileProgram("udp-echo", engine.directory);
    const flags = ["--name=udp", "-p", "127.0.0.1::53/udp", "-v", `${program}:/udp-echo`];
    await engine.ok("run", "-d", ...flags, "busybox", "/udp-echo");
    const port = Number((await engine.ok("port", "udp")).split(":").at(-1));
    const answer = await until("an echo", async () => {
      const { promise, resolve } = Promise.withResolvers<string | undefined>();
      const socket = await Bun.udpSocket({ socket: { data: (_, data) => resolve(data.toString()) } });
      socket.send("ping", port, "127.0.0.1");
      const timer = setTimeout(() => resolve(undefined), 300);
      const got = await promise;
      clearTimeout(timer);
      socket.close();
      return got;
    });
    expect(answer).toBe("ping");
    await engine.ok("rm", "-f", "udp");
  });
});

describe("networks", () => {
  test("containers of the default bridge reach each other by address", async () => {
    await web("server", "inside");
    const address = await engine.ok("inspect", "--format={{.NetworkSettings.IPAddress}}", "server");
    expect(await sh([], `wget -qO- http://${address}/`)).toBe("inside");
    await engine.ok("rm", "-f", "server");
  });

  test("--link gives a name and its variables", async () => {
    await web("linked", "by name");
    expect(
      await sh(["--link=linked:other"], "wget -qO- http://other/; echo $OTHER_NAME | grep -c /other"),
    ).toBe("by name\n1");
    await engine.ok("rm", "-f", "linked");
  });

  test("host, none and container are what they say", async () => {
    expect(await sh(["--network=none"], "ip -o link | wc -l")).toBe("1");
    expect(await sh(["--network=host"], "ls /sys/class/net | wc -l").then(Number)).toBeGreaterThan(1);
    await engine.ok("run", "-d", "--name=first", "busybox", "sleep", "1000");
    const inside = await engine.ok("exec", "first", "ip", "-o", "addr");
    expect(await sh(["--network=container:first"], "ip -o addr")).toBe(inside);
    await engine.ok("rm", "-f", "first");
  });

  test("host-gateway is the bridge's address", async () => {
    const gateway = await engine.ok(
      "network",
      "inspect",
      "--format={{(index .IPAM.Config 0).Gateway}}",
      "bridge",
    );
    expect(
      await sh(["--add-host=host.internal:host-gateway"], "grep host.internal /etc/hosts | cut -f1"),
    ).toBe(gateway);
  });

  test("the default ones are listed and cannot be removed", async () => {
    const names = (await engine.ok("network", "ls", "--format={{.Name}} {{.Driver}}")).split("\n").sort();
    expect(names).toEqual(["bridge bridge", "host host", "none null"]);
    expect((await engine.docker("network", "rm", "bridge")).err).toMatch(
      /is a pre-defined network and cannot be removed/,
    );
  });

  test("inspect tells addresses while the container runs", async () => {
    await engine.ok("run", "-d", "--name=shown", "busybox", "sleep", "1000");
    const settings = JSON.parse(
      await engine.ok("inspect", "--format={{json .NetworkSettings.Networks.bridge}}", "shown"),
    );
    expect(settings.IPAddress).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    expect(settings.Gateway).toMatch(/\.1$/);
    expect(settings.MacAddress).toMatch(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
    expect((await engine.docker("exec", "shown", "ip", "-o", "-4", "addr", "show", "eth0")).out).toContain(
      settings.IPAddress,
    );
    const network = JSON.parse(await engine.ok("network", "inspect", "bridge"))[0];
    expect(Object.values(network.Containers)).toHaveLength(1);
    await engine.ok("rm", "-f", "shown");
  });
});
