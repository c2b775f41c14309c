import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { NetworkCheckResponse } from "../../src/protocol/extensions.ts";
import { makeNetworkNamespace } from "../setup/reference-engine.ts";
import { engineCommand, TestEngine } from "../setup/test-engine.ts";
import { until } from "../setup/until.ts";

setDefaultTimeout(120_000);

/** More rounds of everything: `HULL_TEST_RUNS=200`. */
const runs = Number(process.env.HULL_TEST_RUNS ?? "0");

/** A network namespace of its own: everything in it is the engine's, so everything may be counted. */
const space = makeNetworkNamespace(`hull-nets-${process.pid}`);
let engine: TestEngine;

beforeAll(async () => {
  engine = await TestEngine.start({
    wrapper: space.wrapper,
    flags: ["--default-address-pool=base=10.240.0.0/14,size=24"],
  });
  await engine.ok("network", "create", "--ipv6", "home");
  await engine.ok("network", "create", "--ipv6", "other");
  await engine.ok("run", "-d", "--name", "one", "--network", "home", "-p", "80", "busybox", "sleep", "10000");
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  space.remove();
});

const host = (...command: string[]): string =>
  Bun.spawnSync([...space.wrapper, ...command], { stdout: "pipe", stderr: "pipe" }).stdout.toString();

/** All the kernel has: interfaces with what they are on, addresses, rules; without numbers that count up. */
function kernelState(): string[] {
  const links = host("ip", "-o", "link").replaceAll(/^\d+: |@if\d+|link-netns\S* \S+|veth[0-9a-f]+/gm, "");
  const addresses = host("ip", "-o", "addr").replaceAll(/^\d+: |veth[0-9a-f]+|valid_lft.*$/gm, "");
  // Elements of a set are listed in any order.
  const rules = host("nft", "list", "ruleset").replaceAll(/[{},=]/g, "\n");
  const lines = `${links}\n${addresses}\n${rules}`
    .split("\n")
    .map((line) => line.replace(/link\/ether \S+/, ""));
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.includes("DOWN"))
    .sort();
}

async function check(dryrun: boolean): Promise<string[]> {
  const response = await engine.request("POST", `/networks/check?dryrun=${dryrun}`);
  const { Findings } = (await response.json()) as NetworkCheckResponse;
  return Findings.map((finding) => finding.Problem);
}

/** The kernel removes the interfaces of a namespace on its own time. */
async function untilAsBefore(before: readonly string[]): Promise<void> {
  let now = kernelState();
  await until("the kernel is as it was", () => {
    now = kernelState();
    return JSON.stringify(now) === JSON.stringify(before);
  }).catch(() => expect(now).toEqual([...before]));
}

const shell = (script: string) => engine.ok("exec", "one", "sh", "-c", script);
const works = async () => {
  const gateways = "ip route | awk '/default/{print $3}'; ip -6 route | awk '/default/{print $3}'";
  const found = (await shell(gateways)).split("\n");
  expect(found.length).toBe(2);
  for (const gateway of found)
    expect(await shell(`ping -c1 -W2 ${gateway} >/dev/null && echo ok`)).toBe("ok");
};

interface Work {
  readonly points: readonly string[];
  readonly before?: () => Promise<unknown>;
  readonly dies: () => Promise<unknown>;
  /** Makes it as it was, whether the verb came to its end or not. */
  readonly tidy: () => Promise<unknown>;
}

const disconnect = () => engine.docker("network", "disconnect", "other", "one");
const work: Readonly<Record<string, Work>> = {
  create: {
    points: ["network.bridge", "network.rules", "network.record"],
    dies: () => engine.docker("network", "create", "--ipv6", "victim"),
    tidy: async () => {
      await engine.docker("network", "rm", "victim");
      await engine.ok("network", "create", "--ipv6", "victim");
      await engine.ok("network", "rm", "victim");
    },
  },
  rm: {
    points: ["network.unrecorded", "network.unbridge"],
    before: () => engine.ok("network", "create", "--ipv6", "victim"),
    dies: () => engine.docker("network", "rm", "victim"),
    tidy: () => engine.docker("network", "rm", "victim"),
  },
  connect: {
    points: ["network.attach", "connect.attached", "connect.moved"],
    dies: () => engine.docker("network", "connect", "--gw-priority", "7", "other", "one"),
    tidy: disconnect,
  },
  disconnect: {
    points: ["disconnect.moved", "disconnect.recorded"],
    before: () => engine.ok("network", "connect", "--gw-priority", "7", "other", "one"),
    dies: disconnect,
    tidy: disconnect,
  },
};

const cases = Object.entries(work).flatMap(([verb, { points }]) =>
  points.map((point) => [verb, point] as const),
);

describe("the engine dies at a point of docker network", () => {
  test.each(cases)("%s: %s", async (verb, point) => {
    const { before, dies, tidy } = work[verb] ?? {};
    if (!dies || !tidy) throw new Error(verb);
    const clean = kernelState();
    const { Pid } = JSON.parse(await engine.ok("inspect", "--format", "{{json .State}}", "one"));
    await before?.();
    await engine.stop();
    await engine.start({ env: { HULL_FAIL: `${point}=1*exit` } });
    const asked = dies().catch(() => undefined);
    const died = await Promise.race([engine.ended().then(() => true), asked.then(() => Bun.sleep(1500))]);
    await asked;
    if (died !== true) throw new Error(`${verb} never came by ${point}`);
    await engine.start();
    expect(await check(true)).toEqual([]);
    await works();
    await tidy();
    await works();
    expect(await engine.ok("inspect", "--format", "{{.State.Pid}}", "one")).toBe(String(Pid));
    await untilAsBefore(clean);
  });
});

describe("what somebody broke is found and repaired by hull network check", () => {
  const bridge = async () =>
    `br-${(await engine.ok("network", "inspect", "--format", "{{.Id}}", "home")).slice(0, 12)}`;
  const veth = async () => {
    const [line = ""] = host("ip", "-o", "link", "show", "master", await bridge()).split("\n");
    return /veth[0-9a-f]+/.exec(line)?.[0] ?? "none";
  };
  const cases: readonly (readonly [what: string, () => Promise<string>, found: string])[] = [
    [
      "a bridge is deleted",
      async () => host("ip", "link", "delete", await bridge()),
      "of network home is missing",
    ],
    [
      "a container's interface is deleted",
      async () => host("ip", "link", "delete", await veth()),
      "on network home is missing",
    ],
    [
      "a container's interface is taken off its bridge",
      async () => host("ip", "link", "set", await veth(), "nomaster"),
      "is off its bridge",
    ],
    [
      "an address is deleted",
      async () => host("ip", "-6", "addr", "flush", "dev", await bridge(), "scope", "global"),
      "::1/64 is missing",
    ],
    ["a bridge is shut down", async () => host("ip", "link", "set", await bridge(), "down"), "it is down"],
    [
      "the rules of a table are flushed",
      async () => host("nft", "flush", "table", "ip", `hull_${engine.bridge}`),
      "rules and elements are missing",
    ],
    ["all rules are flushed", async () => host("nft", "flush", "ruleset"), "rules and elements are missing"],
    [
      "an element is taken out of a set",
      async () =>
        host("nft", "delete", "element", "ip", `hull_${engine.bridge}`, "bridges", `{ "${await bridge()}" }`),
      "1 rules and elements are missing",
    ],
    [
      "strange interfaces carry the engine's mark",
      async () => {
        const [, group = ""] = /group (\d+)/.exec(host("ip", "-d", "link", "show", await bridge())) ?? [];
        host("ip", "link", "add", "vethstray", "group", group, "type", "veth", "peer", "name", "stray1");
        return host("ip", "link", "add", "br-stray", "group", group, "type", "bridge");
      },
      "network interface vethstray was left over",
    ],
    [
      "the default route is deleted",
      () => shell("true").then(() => hostInside("ip", "route", "delete", "default")),
      "has no default route",
    ],
  ];
  const hostInside = async (...command: string[]) => {
    const pid = await engine.ok("inspect", "--format", "{{.State.Pid}}", "one");
    return Bun.spawnSync(["nsenter", "--target", pid, "--net", ...command]).stdout.toString();
  };

  test.each(cases)("%s", async (_, harm, found) => {
    const clean = kernelState();
    await harm();
    const said = await check(true);
    expect(said.join("\n")).toContain(found);
    expect(await check(true)).toEqual(said);
    const run = Bun.spawnSync([...engineCommand(), "network", "check"], {
      env: { ...process.env, DOCKER_HOST: engine.host },
    });
    expect(run.stdout.toString()).toContain(`repaired: ${said[0]}`);
    expect(run.exitCode).toBe(0);
    expect(await check(true)).toEqual([]);
    await works();
    await untilAsBefore(clean);
  });
});

test("an interface that is made again has the settings it was given", async () => {
  const clean = kernelState();
  const option = "com.docker.network.endpoint.sysctls=net.ipv4.conf.IFNAME.log_martians=1";
  const network = `name=home,driver-opt=${option}`;
  await engine.ok("run", "-d", "--init", "--name", "set", "--network", network, "busybox", "sleep", "3600");
  const pid = await engine.ok("inspect", "--format", "{{.State.Pid}}", "set");
  Bun.spawnSync(["nsenter", "--target", pid, "--net", "ip", "link", "delete", "eth0"]);
  expect((await check(false)).join("\n")).toContain("is missing");
  expect(await engine.ok("exec", "set", "cat", "/proc/sys/net/ipv4/conf/eth0/log_martians")).toBe("1");
  await engine.ok("rm", "-f", "set");
  await untilAsBefore(clean);
});

test("connect and disconnect, create and rm, start and rm, all at once, and the engine killed in between", async () => {
  const clean = kernelState();
  const names = Array.from({ length: Math.max(6, runs) }, (_, index) => `storm${index}`);
  const storm = async () => {
    await Promise.all(names.map((name) => engine.docker("network", "create", name)));
    await Promise.all(names.map((name) => engine.docker("network", "connect", name, "one")));
    const containers = names.map((name) =>
      engine.docker("run", "--rm", "--network", name, "busybox", "true"),
    );
    const leave = names.map((name) => engine.docker("network", "disconnect", name, "one"));
    await Promise.all([...containers, ...leave]);
  };
  await storm();
  expect(await check(true)).toEqual([]);
  const interrupted = storm();
  await Bun.sleep(300);
  await engine.kill();
  await interrupted.catch(() => {});
  await engine.start();
  expect(await check(true)).toEqual([]);
  await works();
  for (const name of names) await engine.docker("network", "disconnect", name, "one");
  const left = (await engine.ok("ps", "-aq", "--no-trunc")).split("\n");
  const { Id } = JSON.parse(await engine.ok("inspect", "--format", "{{json .}}", "one"));
  for (const id of left.filter((one) => one !== Id && one !== "")) await engine.docker("rm", "-f", id);
  const gone = await Promise.all(names.map((name) => engine.docker("network", "rm", name)));
  expect(gone.filter(({ code, err }) => code !== 0 && !err.includes("not found"))).toEqual([]);
  await untilAsBefore(clean);
});

test("a check takes nothing from containers that are just being made, connected and removed", async () => {
  const clean = kernelState();
  const live = async (name: string) => {
    await engine.ok(
      "run",
      "-d",
      "--name",
      name,
      "--network",
      "home",
      "-p",
      "80",
      "busybox",
      "sleep",
      "10000",
    );
    await engine.ok("network", "connect", "other", name);
    await engine.ok("network", "disconnect", "home", name);
    expect(await engine.ok("exec", name, "ip", "-4", "-o", "addr")).toContain("eth1");
    await engine.ok("rm", "-f", name);
  };
  // Out of step with each other, so that one is always new when others keep a check waiting.
  const lanes = Array.from({ length: 4 }, async (_, lane) => {
    for (let round = 0; round < Math.max(3, runs); round++) await live(`young${lane}.${round}`);
  });
  let isOver = false;
  const ends = Promise.allSettled(lanes).finally(() => {
    isOver = true;
  });
  const found: string[] = [];
  while (!isOver) found.push(...(await check(false)));
  expect((await ends).filter(({ status }) => status === "rejected")).toEqual([]);
  expect(found).toEqual([]);
  await untilAsBefore(clean);
});
