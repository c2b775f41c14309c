import { beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { clientEngine, expected, hullOnly, onReference } from "../setup/client-engine.ts";
import { buildNameLoop, type Lookups, parseLookups, recordTypes } from "../setup/name-loop.ts";
import { until } from "../setup/until.ts";

const hull = clientEngine();
let program = "";
let web = "";
let net = "";
let other = "";

beforeAll(async () => {
  program = buildNameLoop(hull.directory);
  net = hull.name("net");
  other = hull.name("other");
  await Promise.all([hull.ok("network", "create", net), hull.ok("network", "create", other)]);
  web = await sleeper("web", "--network", net, "--network-alias", "service", "--hostname", "webhost");
});

const sleeper = (word: string, ...options: string[]) =>
  hull.sleeper(word, "-v", `${program}:/name-loop:ro`, ...options);

/** A container that is a name server for whoever asks it. */
async function nameServer(word: string): Promise<string> {
  const name = hull.name(word);
  const mount = `${program}:/name-loop:ro`;
  await hull.ok("run", "-d", "--name", name, "--network", net, "-v", mount, "busybox", "/name-loop", "serve");
  await hull.untilLogged(name, "ready");
  return name;
}

async function lookUp(
  container: string,
  name: string,
  type: keyof typeof recordTypes = "A",
  ...more: string[]
): Promise<Lookups> {
  const type_ = String(recordTypes[type]);
  const [count = "1", ...rest] = more;
  return parseLookups(await hull.ok("exec", container, "/name-loop", name, type_, count, ...rest));
}

const addressOn = (container: string, network: string) =>
  hull.field(container, `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`);

describe("a container on a network of a user", () => {
  test("finds others by name, alias, short id, host name and name.network, in any case", async () => {
    const asker = await sleeper("asker", "--network", net);
    const address = await addressOn(web, net);
    const id = (await hull.field(web, "{{.Id}}")).slice(0, 12);
    for (const name of [web, "service", id, "webhost", `${web}.${net}`, web.toUpperCase()]) {
      expect([name, await lookUp(asker, name)]).toEqual([
        name,
        expect.objectContaining({ rcode: 0, answers: [address] }),
      ]);
    }
    expect(await hull.shell(asker, "ping -c1 -W2 service >/dev/null && echo reached")).toBe("reached");
    await hull.remove(asker);
  });

  test("gets no answer, and nobody is asked, for what a known name does not have", async () => {
    for (const type of ["AAAA", "MX"] as const) {
      expect(await lookUp(web, "service", type)).toMatchObject({ rcode: 0, answers: [], failures: 0 });
    }
  });

  test("finds names of addresses as name.network", async () => {
    const reversed = (await addressOn(web, net)).split(".").reverse().join(".");
    expect((await lookUp(web, `${reversed}.in-addr.arpa`, "PTR")).answers).toEqual([`${web}.${net}`]);
  });

  test("finds addresses of both families, and their names", async () => {
    const both = hull.name("both");
    const prefix = `fd00:${(process.pid & 0xffff).toString(16)}:7`;
    await hull.ok("network", "create", "--ipv6", "--subnet", `${prefix}::/64`, both);
    const dual = await sleeper("dual", "--network", both);
    const field = `{{(index .NetworkSettings.Networks "${both}").GlobalIPv6Address}}`;
    const address = await hull.field(dual, field);
    expect(address).toStartWith(`${prefix}::`);
    expect((await lookUp(dual, dual, "AAAA")).answers).toEqual([address]);
    expect((await lookUp(dual, dual)).answers).toEqual([await addressOn(dual, both)]);
    const digits = address.split("::").map((part) =>
      part
        .split(":")
        .map((word) => word.padStart(4, "0"))
        .join(""),
    );
    const all = `${digits[0]}${"0".repeat(32 - digits.join("").length)}${digits[1]}`;
    const reversed = [...all].reverse().join(".");
    expect((await lookUp(dual, `${reversed}.ip6.arpa`, "PTR")).answers).toEqual([`${dual}.${both}`]);
    await hull.remove(dual);
    await hull.ok("network", "rm", both);
  });

  test("finds all that share an alias, in changing order", async () => {
    const replicas = await Promise.all(
      ["r1", "r2", "r3"].map((word) => sleeper(word, "--network", net, "--network-alias", "replicas")),
    );
    const addresses = await Promise.all(replicas.map((name) => addressOn(name, net)));
    expect((await lookUp(web, "replicas")).answers).toEqual(addresses.sort());
    const firsts = new Set<string>();
    await until("every replica was first once", async () => {
      const out = await hull.ok("exec", web, "/name-loop", "replicas", "1", "1");
      firsts.add(/answers (\S+)/.exec(out)?.[1] ?? "");
      return firsts.size === 3;
    });
    await hull.remove(replicas[0] ?? "");
    expect((await lookUp(web, "replicas")).answers).toHaveLength(2);
    await hull.remove(...replicas.slice(1));
  });

  test("does not see networks it is not on, until it is connected", async () => {
    const far = await sleeper("far", "--network", other, "--dns", "127.0.0.1");
    expect((await lookUp(far, web)).answers).toEqual([]);
    await hull.ok("network", "connect", "--alias", "newcomer", net, far);
    expect((await lookUp(far, web)).answers).toEqual([await addressOn(web, net)]);
    expect((await lookUp(web, "newcomer")).answers).toEqual([await addressOn(far, net)]);
    await hull.ok("network", "disconnect", net, far);
    expect((await lookUp(far, web)).answers).toEqual([]);
    await hull.remove(far);
  });

  test("is found under its new name after a rename, and no more under the old one", async () => {
    const before = await sleeper("before", "--network", net, "--dns", "127.0.0.1");
    const after = hull.name("after");
    await hull.ok("rename", before, after);
    expect((await lookUp(before.replace("before", "after"), after)).answers).toEqual([
      await addressOn(after, net),
    ]);
    expect((await lookUp(after, before)).answers).toEqual([]);
    await hull.remove(after);
  });

  test("knows the container it is linked to by a name of its own", async () => {
    const linked = await sleeper("linked", "--network", net, "--link", `${web}:mydb`);
    expect((await lookUp(linked, "mydb")).answers).toEqual([await addressOn(web, net)]);
    expect((await lookUp(web, "mydb", "A", "1")).answers).toEqual([]);
    await hull.remove(linked);
  });

  test("is answered by TCP too", async () => {
    expect(await lookUp(web, "service", "A", "5", "0", "tcp")).toMatchObject({
      failures: 0,
      answers: [await addressOn(web, net)],
    });
  });

  test("may have a server of its own on port 53", async () => {
    const server = await nameServer("server");
    expect((await lookUp(server, web)).answers).toEqual([await addressOn(web, net)]);
    const direct = await lookUp(web, "x.test", "A", "1", "0", "udp", await addressOn(server, net));
    expect(direct.answers).toEqual(["192.0.2.7"]);
    await hull.remove(server);
  });

  test("may come from the default bridge: from then on it looks names up here", async () => {
    const late = await sleeper("late");
    const servers = () => hull.shell(late, "grep ^nameserver /etc/resolv.conf");
    expect(await servers()).not.toContain("127.0.0.11");
    await hull.ok("network", "connect", net, late);
    expect(await servers()).toBe("nameserver 127.0.0.11");
    expect((await lookUp(late, "service")).answers).toEqual([await addressOn(web, net)]);
    await hull.ok("network", "disconnect", net, late);
    expect((await lookUp(late, web)).answers).toEqual([]);
    await hull.remove(late);
    const edited = await sleeper("edited");
    await hull.shell(edited, "echo nameserver 10.9.8.7 >/etc/resolv.conf");
    await hull.ok("network", "connect", net, edited);
    expect(await hull.shell(edited, "grep ^nameserver /etc/resolv.conf")).toBe(
      expected("nameserver 10.9.8.7", { reference: "nameserver 127.0.0.11", reason: "overwrites it" }),
    );
    await hull.remove(edited);
  });

  test("has a resolv.conf that names the resolver", async () => {
    const written = await hull.once(
      ["--network", net, "--dns", "10.1.2.3", "--dns-search", "a.test", "--dns-option", "ndots:2"],
      "grep -v '^#' /etc/resolv.conf | grep .; grep ExtServers /etc/resolv.conf || true",
    );
    expect(written.split("\n").sort()).toEqual([
      ...expected(["# ExtServers: [10.1.2.3]"], { reference: [], reason: "writes no comments" }),
      "nameserver 127.0.0.11",
      "options ndots:2",
      "search a.test",
    ]);
    expect(await hull.once(["--network", net], "grep ^options /etc/resolv.conf")).toBe("options ndots:0");
  });
});

hullOnly("Docker knows it on desktops only")("host.docker.internal is the host, everywhere", async () => {
  const gateway = await hull.field(web, `{{(index .NetworkSettings.Networks "${net}").Gateway}}`);
  expect((await lookUp(web, "host.docker.internal")).answers).toEqual([gateway]);
  expect((await lookUp(web, "gateway.docker.internal")).answers).toEqual([gateway]);
  const seen = await hull.once([], "grep host.docker.internal /etc/hosts; ip route | grep ^default");
  const [hosts = "", route = ""] = seen.split("\n");
  expect(hosts).toBe(`${route.split(" ")[2]}\thost.docker.internal gateway.docker.internal`);
  const chosen = ["--add-host", "host.docker.internal:10.9.8.7"];
  expect(await hull.once(chosen, "grep host.docker /etc/hosts")).toBe("10.9.8.7\thost.docker.internal");
});

describe("names outside", () => {
  hullOnly("20.10 does not answer")("are not asked for from an internal network", async () => {
    const internal = hull.name("internal");
    await hull.ok("network", "create", "--internal", internal);
    const asker = await sleeper("inner", "--network", internal);
    expect(await lookUp(asker, "example.com")).toMatchObject({ rcode: 2, failures: 0 });
    expect((await lookUp(asker, "host.docker.internal")).answers).toEqual([]);
    await hull.remove(asker);
    await hull.ok("network", "rm", internal);
  });

  test("are asked for at a server in another container; known names never are", async () => {
    const server = await nameServer("upstream");
    const asker = await sleeper("outward", "--network", net, "--dns", await addressOn(server, net));
    for (const type of ["A", "AAAA", "MX"] as const) await lookUp(asker, web, type);
    expect((await lookUp(asker, "elsewhere.example")).answers).toEqual(["192.0.2.7"]);
    expect((await hull.ok("logs", server)).split("\n")).toEqual(["ready", "elsewhere.example type 1"]);
    await hull.remove(server, asker);
  });
});

describe("the resolver", () => {
  const resolverPid = (): number =>
    Number(
      Bun.spawnSync(["pgrep", "-f", `resolver ${hull.own.execRoot}`])
        .stdout.toString()
        .trim(),
    );

  hullOnly("kills the engine")(
    "goes on without a lost lookup while the engine dies and returns",
    async () => {
      const pid = resolverPid();
      const lookups = hull.spawnDocker("exec", web, "true");
      await lookups.exited;
      const inside = Bun.spawn(
        [
          "nsenter",
          `--net=${join(hull.own.execRoot, "netns", await hull.field(web, "{{.Id}}"))}`,
          program,
          "service",
          "1",
          "1500",
          "1000",
        ],
        { stdout: "pipe" },
      );
      await hull.own.kill();
      await hull.own.start();
      expect(await lookUp(web, "service")).toMatchObject({ failures: 0 });
      const done = parseLookups(await inside.stdout.text());
      expect(done).toMatchObject({ failures: 0, rcode: 0 });
      expect(resolverPid()).toBe(pid);
    },
  );

  hullOnly("kills the engine")("does not give out a replica that died while no engine ran", async () => {
    const [live, dead] = await Promise.all(
      ["live", "dead"].map((word) => sleeper(word, "--network", net, "--network-alias", "halved")),
    );
    const [address, pid] = [await addressOn(live ?? "", net), await hull.pid(dead ?? "")];
    const id = await hull.field(web, "{{.Id}}");
    expect((await lookUp(web, "halved")).answers).toHaveLength(2);
    await hull.own.kill();
    process.kill(pid, "SIGKILL");
    const namespace = `--net=${join(hull.own.execRoot, "netns", id)}`;
    await until("the live one alone is given out", () => {
      const { stdout } = Bun.spawnSync(["nsenter", namespace, program, "halved", "1", "1"]);
      return parseLookups(stdout.toString()).answers.join(" ") === address;
    });
    await hull.own.start();
    expect((await lookUp(web, "halved")).answers).toEqual([address]);
    await hull.remove(live ?? "", dead ?? "");
  });

  hullOnly("kills its resolver")("is back at once when it was killed, and says so", async () => {
    const pid = resolverPid();
    process.kill(pid, "SIGKILL");
    const began = performance.now();
    await until("names are answered again", async () => (await lookUp(web, "service")).failures === 0);
    expect(performance.now() - began).toBeLessThan(3000);
    expect(resolverPid()).not.toBe(pid);
    expect(hull.own.log()).toContain("the resolver has ended and is started again");
  });

  hullOnly("looks into the engine's folders")("ends with its last container and leaves nothing", async () => {
    const alone = await sleeper("alone", "--network", other);
    const id = await hull.field(alone, "{{.Id}}");
    const state = () => readFileSync(join(hull.own.execRoot, "names.json"), "utf8");
    await until("it is in the file of state", () => state().includes(id));
    await hull.remove(alone);
    await until("it is gone from there", () => !state().includes(id));
  });
});

if (onReference) test.skip("the resolver of the reference is part of its engine", () => {});
