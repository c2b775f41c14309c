import { describe, expect } from "bun:test";
import { existsSync } from "node:fs";
import type { AuditedPort } from "../../src/protocol/extensions.ts";
import { clientEngine, hullOnly } from "../setup/client-engine.ts";
import { runHull } from "../setup/hull-cli.ts";
import { TestEngine } from "../setup/test-engine.ts";
import { TwoHosts } from "../setup/two-hosts.ts";
import { until } from "../setup/until.ts";

const machines = new TwoHosts();
const hull = clientEngine({ wrapper: machines.onHost, flags: ["--userland-proxy"] });
const test = hullOnly("dockerd cannot change, share or audit published ports");

/** Says its name to everybody who comes. */
const serving = (word: string, ...options: string[]) =>
  hull.ok(
    ...["run", "-d", "--init", "--name", hull.name(word), ...options, "busybox", "sh", "-c"],
    `mkdir -p /www && echo ${word} >/www/index.html && exec httpd -f -p 80 -h /www`,
  );

const publish = async (...args: string[]) => {
  const { code, out, err } = await runHull(["publish", ...args], { env: { DOCKER_HOST: hull.host } });
  return { code, out: out.trim(), err: err.trim() };
};

const get = (port: number, address = "127.0.0.1") => machines.get(`http://${address}:${port}/`);
const answers = (port: number, word: string, address?: string) =>
  until(`port ${port} answers`, async () => (await get(port, address)) === word);

describe("hull publish", () => {
  test("adds and removes ports of a running container, which never notices", async () => {
    await serving("web", "-p", "127.0.0.1:9001:80");
    const name = hull.name("web");
    const pid = await hull.pid(name);
    await answers(9001, "web");
    expect(await publish("add", name, "9002:80", "127.0.0.1:9003:80")).toEqual({
      code: 0,
      out: "0.0.0.0:9002->80/tcp\n[::]:9002->80/tcp\n127.0.0.1:9003->80/tcp",
      err: "",
    });
    expect(await get(9002)).toBe("web");
    expect(await get(9002, machines.hostAddress)).toBe("web");
    expect(await machines.get(`http://${machines.hostAddress}:9002/`, machines.onOther)).toBe("web");
    expect(await hull.ok("port", name, "80")).toBe("0.0.0.0:9002\n127.0.0.1:9001\n127.0.0.1:9003\n[::]:9002");
    const { HostConfig, NetworkSettings } = await hull.inspect(name);
    expect(HostConfig?.PortBindings?.["80/tcp"]).toEqual([
      { HostIp: "127.0.0.1", HostPort: "9001" },
      { HostIp: "", HostPort: "9002" },
      { HostIp: "127.0.0.1", HostPort: "9003" },
    ]);
    expect(NetworkSettings?.Ports?.["80/tcp"]).toHaveLength(4);
    expect(await hull.pid(name)).toBe(pid);

    // A new engine and a new run of the container both have them.
    await hull.own.kill();
    expect(await get(9002)).toBe("web");
    expect(await get(9002, "[::1]")).toBe("web");
    await hull.own.start();
    expect(await get(9003)).toBe("web");
    await hull.ok("restart", "-t", "0", name);
    await answers(9002, "web");

    expect((await publish("rm", name, "9002")).out).toBe("0.0.0.0:9002->80/tcp\n[::]:9002->80/tcp");
    expect(await get(9002)).toBe("curl 7");
    expect(await get(9002, "[::1]")).toBe("curl 7");
    expect((await publish("rm", name, "127.0.0.1:9001:80")).out).toBe("127.0.0.1:9001->80/tcp");
    expect(await hull.ok("port", name)).toBe("80/tcp -> 127.0.0.1:9003");
    await hull.ok("restart", "-t", "0", name);
    await answers(9003, "web");
    expect(await get(9001)).toBe("curl 7");
    await hull.remove(name);
  });

  test("events tell of it, a stopped container keeps it for its start, -P is written out", async () => {
    const name = hull.name("later");
    await hull.ok(
      "create",
      "--init",
      "--name",
      name,
      "-P",
      "--expose",
      "81",
      "--expose",
      "82",
      "busybox",
      "sleep",
      "99",
    );
    const added = await publish("add", name, "9010:80");
    expect(added).toEqual({ code: 0, out: "", err: `${name} does not run: opened at its next start` });
    await hull.ok("start", name);
    expect(await hull.ok("port", name, "80")).toBe("0.0.0.0:9010\n[::]:9010");
    const before = (await hull.ok("port", name, "81")).split("\n")[0]?.split(":")[1] ?? "";
    expect((await publish("rm", name, `${before}:81`)).code).toBe(0);
    await hull.ok("restart", "-t", "0", name);
    expect(Object.keys((await hull.inspect(name)).HostConfig?.PortBindings ?? {}).sort()).toEqual([
      "80/tcp",
      "82/tcp",
    ]);
    const events = await hull.ok(
      ...[
        "events",
        "--since",
        "0",
        "--until",
        `${Math.ceil(Date.now() / 1000)}`,
        "--filter",
        `container=${name}`,
      ],
      ...["--format", '{{.Action}} {{index .Actor.Attributes "port"}}'],
    );
    expect(events).toContain(`unpublish 0.0.0.0:${before}->81/tcp`);
    await hull.remove(name);
  });

  test("what cannot be is refused, and nothing is left half open", async () => {
    await serving("one", "-p", "9020:80");
    await serving("two");
    const taken = await publish("add", hull.name("two"), "9021:80", "9020:80");
    expect(taken.code).toBe(1);
    expect(taken.err).toContain(`port is already allocated (it is held by container "${hull.name("one")}")`);
    expect(await get(9021)).toBe("curl 7");
    expect((await publish("rm", hull.name("one"), "9099")).err).toContain("does not publish 9099/tcp");
    expect((await publish("add", hull.name("two"), "nonsense")).err).toContain('invalid port "nonsense"');
    const host = await hull.sleeper("hostnet", "--net", "host");
    expect((await publish("add", host, "9022:80")).err).toContain("it has no ports of its own");
    await hull.remove(hull.name("one"), hull.name("two"), host);
  });

  test.each(["network.publish", "network.proxy", "publish.add", "publish.remove"])(
    "an engine that dies at %s leaves either an open port or a closed one",
    async (point) => {
      const verb = point === "publish.remove" ? "rm" : "add";
      await serving("victim", ...(verb === "rm" ? ["-p", "9030:80"] : []));
      const name = hull.name("victim");
      await hull.own.stop();
      await hull.own.start({ env: { HULL_FAIL: `${point}=1*exit` } });
      await publish(verb, name, verb === "rm" ? "9030" : "9030:80");
      await hull.own.ended();
      await hull.own.start();
      const isOpen = (await hull.ok("port", name)) !== "";
      await until(
        "kernel and record agree",
        async () => (await get(9030)) === (isOpen ? "victim" : "curl 7"),
      );
      expect((await publish("ls", name, "--format", "{{.Host}}")).out).toBe(
        isOpen ? "0.0.0.0:9030\n[::]:9030" : "",
      );
      await hull.remove(name);
      expect(await machines.run("nft list ruleset | grep -c 9030")).toBe("0");
      expect(await machines.run("ps ax | grep -c '[p]ort-proxy.* 9030 '")).toBe("0");
    },
  );

  test("audit tells who reaches what", async () => {
    await serving("local", "-p", "127.0.0.1:9040:80");
    await serving("open", "-p", "9041:5432");
    const { out } = await publish("audit", "--format", "json");
    const ports = JSON.parse(out) as AuditedPort[];
    const of = (port: number) => ports.filter(({ HostPort }) => HostPort === port);
    expect(of(9040).map(({ Reach, Addresses }) => [Reach, Addresses])).toEqual([[["loopback"], []]]);
    const [four, six] = of(9041);
    expect(four?.Reach).toEqual(["loopback", "world"]);
    expect(four?.Addresses).toEqual([machines.hostAddress]);
    expect(four?.Warnings[0]).toStartWith("PostgreSQL is open to everybody");
    expect(six).toMatchObject({ HostIp: "::", Via: "proxy", Reach: ["loopback", "lan", "world"] });
    const table = (await publish("audit")).out.split("\n");
    expect(table[0]).toMatch(/^CONTAINER +PUBLISHED ON +PORT +REACHED BY +AT$/);
    expect(table.find((line) => line.includes("127.0.0.1:9040"))).toContain("this machine");
    await hull.remove(hull.name("local"), hull.name("open"));
  });

  test("a stock engine's answer to an unknown page is explained", async () => {
    const server = Bun.serve({
      port: 0,
      fetch: (request) =>
        request.url.endsWith("/_ping")
          ? new Response("OK", { headers: { "Api-Version": "1.41" } })
          : Response.json({ message: "page not found" }, { status: 404 }),
    });
    const answer = await runHull(["publish", "audit"], {
      env: { DOCKER_HOST: `tcp://127.0.0.1:${server.port}` },
    });
    await server.stop(true);
    expect(answer.code).toBe(1);
    expect(answer.err).toMatch(/not.*Hull/i);
  });
});

describe("shared ports", () => {
  const label = ["-l", "hull.publish-mode=shared"];
  const words = async (port: number, count: number) => {
    const found: Record<string, number> = {};
    for (let i = 0; i < count; i++) {
      const word = await get(port);
      found[word] = (found[word] ?? 0) + 1;
    }
    return found;
  };

  test("are dealt out in turn among those that run, through deaths of all kinds", async () => {
    const names = ["a", "b", "c"];
    await Promise.all(names.map((word) => serving(word, ...label, "-p", "9050:80")));
    await until("all serve", async () => Object.keys(await words(9050, 6)).length === 3);
    expect(await words(9050, 9)).toEqual({ a: 3, b: 3, c: 3 });
    for (const word of names) {
      expect(await hull.ok("port", hull.name(word))).toBe("80/tcp -> 0.0.0.0:9050");
    }
    expect(await machines.get(`http://${machines.hostAddress}:9050/`, machines.onOther)).toMatch(/^[abc]$/);

    await hull.ok("kill", hull.name("a"));
    await hull.untilStatus(hull.name("a"), "exited");
    expect(await words(9050, 4)).toEqual({ b: 2, c: 2 });
    await hull.own.kill();
    expect(await words(9050, 4)).toEqual({ b: 2, c: 2 });
    await hull.own.start();
    expect(await words(9050, 4)).toEqual({ b: 2, c: 2 });
    await hull.ok("start", hull.name("a"));
    await until("the first is back", async () => "a" in (await words(9050, 3)));

    const alone = await hull.fails(125, "run", "--rm", "-p", "9050:80", "busybox", "true");
    expect(alone).toContain(
      "which shares it only with containers that have the label hull.publish-mode=shared",
    );
    expect(await hull.fails(125, "run", "--rm", "-l", "hull.publish-mode=some", "busybox")).toContain(
      `it must be "exclusive" or "shared"`,
    );
    await hull.remove(...names.map((word) => hull.name(word)));
    expect(await get(9050)).toBe("curl 7");
    expect(await machines.run("nft list ruleset | grep -c 9050")).toBe("0");
  });

  test("one that is being stopped gets no new connections while it takes its time", async () => {
    const run = (word: string) =>
      hull.ok(
        ...["run", "-d", "--name", hull.name(word), ...label, "-p", "9052:80", "busybox", "sh", "-c"],
        `mkdir -p /www && echo ${word} >/www/index.html && exec httpd -f -p 80 -h /www`,
      );
    await Promise.all([run("slow"), run("other")]);
    await until("both serve", async () => Object.keys(await words(9052, 4)).length === 2);
    // Process 1 without a handler does not hear SIGTERM.
    const stopping = hull.docker("stop", "-t", "2", hull.name("slow"));
    await until("it is out", async () => !("slow" in (await words(9052, 3))));
    expect((await hull.state(hull.name("slow"))).Status).toBe("running");
    expect(await words(9052, 6)).toEqual({ other: 6 });
    await stopping;
    await hull.remove(hull.name("slow"), hull.name("other"));
  });

  test("an open connection stays with its container while others come and go", async () => {
    const chat = ["busybox", "nc", "-ll", "-p", "80", "-e", "cat"];
    const run = (word: string) =>
      hull.ok("run", "-d", "--init", "--name", hull.name(word), ...label, "-p", "127.0.0.1:9051:80", ...chat);
    await run("first");
    await until("it listens", async () => {
      const sockets = await hull.shell(hull.name("first"), "netstat -ltn");
      return sockets.includes(":80 ");
    });
    const talker = Bun.spawn([...machines.onHost, "busybox", "nc", "127.0.0.1", "9051"], {
      stdin: "pipe",
      stdout: "pipe",
    });
    const reader = talker.stdout.getReader();
    const say = async (word: string) => {
      talker.stdin.write(`${word}\n`);
      await talker.stdin.flush();
      return Buffer.from((await reader.read()).value ?? []).toString();
    };
    expect(await say("one")).toBe("one\n");
    await run("second");
    expect(await say("two")).toBe("two\n");
    await hull.remove(hull.name("second"));
    expect(await say("three")).toBe("three\n");
    talker.kill();
    await hull.remove(hull.name("first"));
  });
});

describe("--userland-proxy", () => {
  test("brings IPv6, loopback of it too, to containers without; its process outlives the engine", async () => {
    await serving("plain", "-p", "9060:80");
    const name = hull.name("plain");
    await answers(9060, "plain");
    expect(await hull.ok("port", name)).toBe("80/tcp -> 0.0.0.0:9060\n80/tcp -> [::]:9060");
    for (const address of ["[::1]", `[${machines.hostAddress6}]`])
      expect(await get(9060, address)).toBe("plain");
    const outside = `http://[${machines.hostAddress6}]:9060/`;
    expect(await machines.get(outside, machines.onOther)).toBe("plain");
    await hull.own.kill();
    expect(await machines.get(outside, machines.onOther)).toBe("plain");
    await hull.own.start();
    expect(await machines.get(outside, machines.onOther)).toBe("plain");
    expect(await machines.run("ps ax | grep -c '[p]ort-proxy.* 9060 '")).toBe("1");
    await hull.remove(name);
    expect(await machines.run("ps ax | grep -c '[p]ort-proxy.* 9060 '")).toBe("0");
  });

  test("copies whole, both ways, and datagrams", async () => {
    const libraries = ["/lib", "/lib64"].filter((path) => existsSync(path));
    const echo = `
      Bun.listen({ hostname: "0.0.0.0", port: 81, socket: { data() {}, open(s) {} } });
      const socket = await Bun.udpSocket({ port: 53, hostname: "0.0.0.0",
        socket: { data(self, bytes, port, address) { self.send(bytes, port, address); } } });
      Bun.serve({ port: 80, async fetch(request) { return new Response(await request.arrayBuffer()); } });`;
    await hull.ok(
      ...["run", "-d", "--init", "--name", hull.name("echo"), "-p", "9061:80", "-p", "9061:53/udp"],
      ...libraries.flatMap((path) => ["-v", `${path}:${path}:ro`]),
      ...["-v", `${process.execPath}:/bun:ro`, "busybox", "/bun", "-e", echo],
    );
    await until("it serves", async () => (await machines.get("-d x http://[::1]:9061/")) === "x");
    const sum =
      "head -c 30000000 /dev/urandom >$f; sha256sum <$f; curl -sg --data-binary @$f http://[::1]:9061/ | sha256sum; rm $f";
    const [sent, received] = (await machines.run(`f=$(mktemp); ${sum}`)).split("\n");
    expect(received).toBe(sent ?? "");
    const datagram = `
      const socket = await Bun.udpSocket({ hostname: "::", connect: { hostname: "${machines.hostAddress6}", port: 9061 },
        socket: { data(_, bytes) { console.log(bytes.toString()); process.exit(0); } } });
      setInterval(() => socket.send("ping"), 50); setTimeout(() => process.exit(1), 5000);`;
    const asked = Bun.spawn([...machines.onOther, process.execPath, "-e", datagram], { stdout: "pipe" });
    expect((await asked.stdout.text()).trim()).toBe("ping");
    await hull.remove(hull.name("echo"));
  });
});

describe("datagrams", () => {
  test("a client that keeps its source port follows the container through restarts and is cut off by rm", async () => {
    const name = hull.name("udp");
    const libraries = ["/lib", "/lib64"].filter((path) => existsSync(path));
    const program = `
      const socket = await Bun.udpSocket({ port: 53, hostname: "0.0.0.0",
        socket: { data(self, bytes, port, address) { self.send(String(process.env.RUN ?? "") + bytes, port, address); } } });`;
    await hull.ok(
      ...["run", "-d", "--init", "--name", name, "-p", "9080:53/udp"],
      ...libraries.flatMap((path) => ["-v", `${path}:${path}:ro`]),
      ...["-v", `${process.execPath}:/bun:ro`, "busybox", "/bun", "-e", program],
    );
    // One socket for the whole test: it prints every answer, and asks whenever it is told to.
    const client = Bun.spawn(
      [
        ...[...machines.onOther, process.execPath, "-e"],
        `const socket = await Bun.udpSocket({ port: 40000, hostname: "0.0.0.0",
           socket: { data(_, bytes) { process.stdout.write(bytes + "\\n"); }, error() {} } });
         for await (const line of console) {
           // A closed port is told at the next send.
           try { socket.send(line, 9080, "${machines.hostAddress}"); } catch {}
         }`,
      ],
      { stdin: "pipe", stdout: "pipe" },
    );
    let heard = "";
    void (async () => {
      for await (const bytes of client.stdout) heard += Buffer.from(bytes).toString();
    })();
    const ask = (word: string) => {
      client.stdin.write(`${word}\n`);
      void client.stdin.flush();
      return heard.includes(word);
    };
    await until("an answer", () => ask("first"));
    const before = await hull.field(name, "{{.NetworkSettings.IPAddress}}");
    await hull.ok("stop", "-t", "0", name);
    // Its old address is somebody else's now.
    const squatter = await hull.sleeper("squatter");
    ask("nobody");
    await hull.ok("start", name);
    expect(await hull.field(name, "{{.NetworkSettings.IPAddress}}")).not.toBe(before);
    await until("an answer from the new address", () => ask("second"));
    await publish("rm", name, "9080/udp");
    for (let i = 0; i < 20; i++) ask("third");
    await publish("add", name, "9080:53/udp");
    await until("an answer again", () => ask("fourth"));
    expect(heard).not.toContain("third");
    client.kill();
    await hull.remove(name, squatter);
  });
});

describe("--safe-publish", () => {
  test("publishes on 127.0.0.1 unless somebody says otherwise", async () => {
    await using safe = await TestEngine.start({ wrapper: machines.onHost, flags: ["--safe-publish"] });
    await safe.ok("network", "create", "-o", "com.docker.network.bridge.host_binding_ipv4=0.0.0.0", "wide");
    await safe.ok("run", "-d", "--name", "quiet", "-p", "9090:80", "busybox", "sleep", "99");
    await safe.ok("run", "-d", "--name", "said", "-p", "0.0.0.0:9091:80", "busybox", "sleep", "99");
    await safe.ok(
      "run",
      "-d",
      "--name",
      "network",
      "--network=wide",
      "-p",
      "9092:80",
      "busybox",
      "sleep",
      "99",
    );
    const shown = await safe.ok("ps", "--format", "{{.Names}} {{.Ports}}");
    expect(shown.split("\n").sort()).toEqual([
      "network 0.0.0.0:9092->80/tcp",
      "quiet 127.0.0.1:9090->80/tcp",
      "said 0.0.0.0:9091->80/tcp",
    ]);
    // Without --userland-proxy an address that cannot be served is refused before anything starts.
    const refused = await safe.docker("run", "-d", "--name", "six", "-p", "[::1]:9093:80", "busybox", "true");
    expect(refused.code).toBe(125);
    expect(refused.err).toContain(
      'publishing on "::1" is not available: the container has no IPv6 address (the engine option --userland-proxy allows a copying proxy)',
    );
    expect(await safe.ok("inspect", "-f", "{{.State.Status}}", "six")).toBe("created");
  });
});

describe("IPv6 networks", () => {
  test("a published port is rewritten in the kernel, the source address stays", async () => {
    const network = hull.name("six");
    await hull.ok("network", "create", "--ipv6", "--subnet", "fd00:77::/64", network);
    await hull.ok(
      ...["run", "-d", "--init", "--name", hull.name("dual"), "--network", network],
      ...["-p", "9070:80", "-p", "[::1]:9071:80", "busybox", "sh", "-c"],
      "mkdir -p /www && echo dual >/www/index.html && exec httpd -fvv -p 80 -h /www",
    );
    await answers(9070, "dual");
    for (const address of ["127.0.0.1", "[::1]", `[${machines.hostAddress6}]`])
      expect(await get(9070, address)).toBe("dual");
    expect(await get(9071, "[::1]")).toBe("dual");
    expect(await machines.get(`http://[${machines.hostAddress6}]:9070/`, machines.onOther)).toBe("dual");
    const audit = JSON.parse((await publish("audit", "--format", "json")).out) as AuditedPort[];
    expect(audit.find((port) => port.HostPort === 9070 && port.HostIp === "::")?.Via).toBe("both");
    expect(audit.find((port) => port.HostPort === 9071)?.Via).toBe("proxy");
    const { err } = await hull.docker("logs", hull.name("dual"));
    expect(err).toContain(`[${machines.otherAddress6}]`);
    await hull.own.kill();
    await hull.own.start();
    expect(await get(9070, "[::1]")).toBe("dual");
    expect(await machines.get(`http://[${machines.hostAddress6}]:9070/`, machines.onOther)).toBe("dual");
    // From the container itself and from a neighbour, by the host's address.
    const ask = `wget -qO- http://[${machines.hostAddress6}]:9070/`;
    expect(await hull.shell(hull.name("dual"), ask)).toBe("dual");
    expect(await hull.once(["--network", network], ask)).toBe("dual");
    await hull.remove(hull.name("dual"));
    await hull.ok("network", "rm", network);
    expect(await machines.run("nft list tables")).not.toContain("ip6");
  });
});
