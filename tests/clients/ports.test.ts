import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { clientEngine, onReference } from "../setup/client-engine.ts";
import { until } from "../setup/until.ts";

const hull = clientEngine();

/** Says who it is on every port it is asked on. */
const serve = (word: string, port = 80) => [
  "busybox",
  ...["sh", "-c", `mkdir -p /www && echo ${word} >/www/index.html && exec httpd -f -p ${port} -h /www`],
];

const fetched = (url: string, word: string) =>
  until(`${url} serves ${word}`, async () => (await hull.fetchFromHost(url)) === word);

describe("publishing", () => {
  test.concurrent("reachable from loopback, the gateway's address and other containers", async () => {
    const name = hull.name("web");
    const port = await hull.freePort();
    await hull.ok("run", "-d", "--init", "--name", name, "-p", `${port}:80`, ...serve("hello"));
    await fetched(`http://127.0.0.1:${port}/`, "hello");
    const gateway = await hull.field(name, "{{.NetworkSettings.Networks.bridge.Gateway}}");
    expect(await hull.fetchFromHost(`http://${gateway}:${port}/`)).toBe("hello");
    const address = await hull.field(name, "{{.NetworkSettings.Networks.bridge.IPAddress}}");
    expect(await hull.fetchFromHost(`http://${address}/`)).toBe("hello");
    // From another container by the host's published port, and from itself: the hairpin.
    const ask = `printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 5 ${gateway} ${port} | tail -n 1`;
    expect(await hull.once([], ask)).toBe("hello");
    expect(await hull.shell(name, ask)).toBe("hello");

    expect(await hull.ok("port", name)).toMatch(
      new RegExp(`^80/tcp -> 0\\.0\\.0\\.0:${port}(\n80/tcp -> \\[::\\]:${port})?$`),
    );
    expect((await hull.ok("port", name, "80")).split("\n")[0]).toBe(`0.0.0.0:${port}`);
    expect((await hull.ok("port", name, "80/tcp")).split("\n")[0]).toBe(`0.0.0.0:${port}`);
    expect(await hull.fails(1, "port", name, "81")).toMatch(/no public port '81(\/tcp)?' published/i);
    const column = await hull.ok("ps", "--filter", `name=${name}`, "--format", "{{.Ports}}");
    expect(column).toContain(`0.0.0.0:${port}->80/tcp`);
    const { NetworkSettings, HostConfig } = await hull.inspect(name);
    expect(NetworkSettings?.Ports?.["80/tcp"]?.[0]).toEqual({ HostIp: "0.0.0.0", HostPort: String(port) });
    expect(HostConfig?.PortBindings).toEqual({ "80/tcp": [{ HostIp: "", HostPort: String(port) }] });

    await hull.ok("stop", "-t", "0", name);
    expect(await hull.fetchFromHost(`http://127.0.0.1:${port}/`)).toStartWith("failed");
    expect(await hull.ok("port", name)).toBe("");
    await hull.ok("start", name);
    await fetched(`http://127.0.0.1:${port}/`, "hello");
    await hull.remove(name);
    expect(await hull.fetchFromHost(`http://127.0.0.1:${port}/`)).toStartWith("failed");
  });

  test.concurrent("an ephemeral port, a host address, and both", async () => {
    const name = hull.name("forms");
    const port = await hull.freePort();
    await hull.ok(
      ...[
        "run",
        "-d",
        "--init",
        "--name",
        name,
        "-p",
        "80",
        "-p",
        `127.0.0.1:${port}:80`,
        "-p",
        "127.0.0.1::80",
      ],
      ...serve("forms"),
    );
    const lines = (await hull.ok("port", name, "80/tcp")).split("\n").filter((line) => !line.startsWith("["));
    expect(lines).toHaveLength(3);
    expect(lines).toContain(`127.0.0.1:${port}`);
    for (const line of lines) {
      const chosen = Number(line.split(":")[1]);
      expect(chosen).toBeGreaterThan(1023);
      await fetched(`http://127.0.0.1:${chosen}/`, "forms");
    }
    const gateway = await hull.field(name, "{{.NetworkSettings.Networks.bridge.Gateway}}");
    expect(await hull.fetchFromHost(`http://${gateway}:${port}/`)).toStartWith("failed");
    await hull.remove(name);
  });

  test.concurrent("ranges", async () => {
    const name = hull.name("range");
    const start = (await hull.freePort()) - 20;
    await hull.ok("create", "--name", name, "-p", `${start}-${start + 2}:80-82`, "busybox");
    expect((await hull.inspect(name)).HostConfig?.PortBindings).toEqual({
      "80/tcp": [{ HostIp: "", HostPort: String(start) }],
      "81/tcp": [{ HostIp: "", HostPort: String(start + 1) }],
      "82/tcp": [{ HostIp: "", HostPort: String(start + 2) }],
    });
    await hull.remove(name);
    // One port out of a range: the next free one.
    const first = hull.name("pick1");
    const second = hull.name("pick2");
    for (const each of [first, second]) {
      await hull.ok("run", "-d", "--init", "--name", each, "-p", `${start}-${start + 5}:80`, ...serve("x"));
    }
    const port = async (each: string) =>
      Number((await hull.ok("port", each, "80")).split("\n")[0]?.split(":")[1]);
    const [one, two] = [await port(first), await port(second)];
    expect(one).toBeGreaterThanOrEqual(start);
    expect(two).toBeGreaterThan(one);
    expect(two).toBeLessThanOrEqual(start + 5);
    await hull.remove(first, second);
    expect(await hull.fails(125, "run", "--rm", "-p", "8000-8001:80-82", "busybox")).toMatch(
      /[Ii]nvalid ranges/,
    );
    expect(await hull.fails(125, "run", "--rm", "-p", "99999:80", "busybox")).toMatch(
      /[Ii]nvalid (hostPort|port)/,
    );
  });

  test.concurrent("udp", async () => {
    const name = hull.name("udp");
    const port = await hull.freePort();
    // busybox has no server for udp; Bun runs inside with the host's libraries.
    const libraries = ["/lib", "/lib64"].filter((path) => existsSync(path));
    const echo = `
      const socket = await Bun.udpSocket({
        port: 5353, hostname: "0.0.0.0",
        socket: { data(self, bytes, port, address) { self.send(bytes, port, address); } },
      });`;
    await hull.ok(
      ...["run", "-d", "--init", "--name", name, "-p", `${port}:5353/udp`],
      ...libraries.flatMap((path) => ["-v", `${path}:${path}:ro`]),
      ...["-v", `${process.execPath}:/bun:ro`, "busybox", "/bun", "-e", echo],
    );
    const program = `
      const socket = await Bun.udpSocket({
        connect: { hostname: "127.0.0.1", port: ${port} },
        socket: { data(_, bytes) { console.log(bytes.toString()); process.exit(0); }, error() {} },
      });
      setInterval(() => { try { socket.send("ping"); } catch {} }, 100);
      setTimeout(() => process.exit(1), 10_000);`;
    expect(await hull.hostProgram(program)).toBe("ping");
    expect((await hull.ok("port", name)).split("\n")[0]).toBe(`5353/udp -> 0.0.0.0:${port}`);
    await hull.remove(name);
  });

  test.concurrent("-P publishes what is exposed; --expose alone does not", async () => {
    const name = hull.name("all");
    await hull.ok(
      "run",
      "-d",
      "--init",
      "--name",
      name,
      "-P",
      "--expose",
      "80",
      "--expose",
      "90-91/udp",
      ...serve("all"),
    );
    const lines = (await hull.ok("port", name)).split("\n").filter((line) => !line.includes("["));
    expect(lines.map((line) => line.split(" ")[0]).sort()).toEqual(["80/tcp", "90/udp", "91/udp"]);
    const web = lines.find((line) => line.startsWith("80/tcp"))?.split(":")[1];
    await fetched(`http://127.0.0.1:${web}/`, "all");
    await hull.remove(name);
    const quiet = await hull.sleeper("exposed", "--expose", "80");
    expect(await hull.ok("port", quiet)).toBe("");
    expect(await hull.ok("ps", "--filter", `name=${quiet}`, "--format", "{{.Ports}}")).toBe("80/tcp");
    expect((await hull.inspect(quiet)).NetworkSettings?.Ports).toEqual({ "80/tcp": null });
    await hull.remove(quiet);
  });
});

describe("ports that are taken", () => {
  test.concurrent("by another container", async () => {
    const name = hull.name("holder");
    const port = await hull.freePort();
    await hull.ok("run", "-d", "--init", "--name", name, "-p", `${port}:80`, ...serve("first"));
    const other = hull.name("late");
    const error = await hull.fails(125, "run", "-d", "--name", other, "-p", `${port}:80`, ...serve("second"));
    expect(error).toContain("port is already allocated");
    expect(error).toContain(`0.0.0.0:${port}`);
    if (!onReference) expect(error).toContain(name);
    expect((await hull.state(other)).Status).toBe("created");
    await fetched(`http://127.0.0.1:${port}/`, "first");
    await hull.remove(name);
    await hull.ok("start", other);
    await fetched(`http://127.0.0.1:${port}/`, "second");
    await hull.remove(other);
  });

  test.concurrent("by a program of the host", async () => {
    const port = await hull.freePort();
    const holder = Bun.spawn(
      [
        ...[...hull.hostPrefix, process.execPath, "-e"],
        `Bun.listen({ hostname: "0.0.0.0", port: ${port}, socket: { data() {} } }); console.log("up");`,
      ],
      { stdin: "pipe", stdout: "pipe", stderr: "inherit" },
    );
    try {
      await holder.stdout.getReader().read();
      const error = await hull.fails(125, "run", "--rm", "-p", `${port}:80`, ...serve("never"));
      expect(error).toMatch(/address already in use|port is already allocated/);
      expect(error).toContain(String(port));
      if (!onReference) expect(error).toContain(String(holder.pid));
    } finally {
      holder.kill();
      await holder.exited;
    }
  });
});
