import { afterEach, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ResolverProcess } from "../../src/network/dns/name-service.ts";
import type { ResolvedContainer } from "../../src/network/names.ts";
import { parseResolvConf } from "../../src/network/resolv-conf-parser.ts";
import { hostResolvConf } from "../../src/sys/host-resolv-conf.ts";
import { connectInNamespace } from "../../src/sys/namespace-connection.ts";
import { killProcess } from "../../src/sys/processes.ts";
import { question, reply, textOfRecords } from "../fakes/dns-packets.ts";
import { buildNameLoop, type Lookups, parseLookups } from "../setup/name-loop.ts";
import { until } from "../setup/until.ts";
import { inside, type Running, run, useNetworkBench } from "./network-bench.ts";

setDefaultTimeout(30_000);
const bench = useNetworkBench();
const directory = join(tmpdir(), `hull-names-${process.pid}`);
let program = "";
let names: ResolverProcess;

beforeAll(() => {
  program = buildNameLoop(directory);
});
beforeEach(() => {
  names = serviceOf();
});
afterEach(async () => {
  await names.restore([]);
  await names.close();
  await until("the resolver has ended", () => resolverPids().length === 0);
});

const entry = join(import.meta.dir, "../../src/main/hull.ts");
const serviceOf = () =>
  new ResolverProcess({
    execRoot: bench().execRoot,
    program: [process.execPath, entry],
    patienceMs: 1500,
  });

const resolverPids = (): number[] =>
  Bun.spawnSync(["pgrep", "-f", `resolver ${bench().execRoot}`])
    .stdout.toString()
    .split("\n")
    .filter(Boolean)
    .map(Number);

function containerOf(
  { sandbox, endpoint }: Running,
  more: Partial<ResolvedContainer> = {},
): ResolvedContainer {
  const { containerId } = sandbox;
  return {
    containerId,
    sandboxPath: sandbox.path,
    endFile: join(directory, `${containerId}-has-ended`),
    endpoints: [
      {
        networkId: endpoint.networkId,
        networkName: "net",
        addresses: [endpoint.ipAddress],
        names: [containerId, "all"],
      },
    ],
    ownNames: {},
    hostAddresses: [endpoint.gateway],
    asksOutside: true,
    servers: [],
    searchFirst: false,
    ...more,
  };
}

async function up(id: string, more: Partial<ResolvedContainer> = {}): Promise<Running> {
  const running = await bench().up(id);
  await names.announce(containerOf(running, more));
  return running;
}

async function down(...running: Running[]): Promise<void> {
  for (const one of running) {
    await names.withdraw(one.sandbox.containerId);
    await bench().down(one);
  }
}

const lookUp = async (from: Running, ...words: (string | number)[]): Promise<Lookups> =>
  parseLookups(await inside(from.sandbox, `${program} ${words.join(" ")}`));

describe("the resolver's process", () => {
  test("answers inside the containers' namespaces and ends with the last of them", async () => {
    const [one, two] = [await up("one"), await up("two")];
    expect(await lookUp(one, "two", 1, 50)).toMatchObject({ failures: 0, answers: [two.endpoint.ipAddress] });
    expect((await lookUp(one, "all", 1, 1)).answers).toHaveLength(2);
    expect((await lookUp(one, "two", 1, 1, 0, "tcp")).answers).toEqual([two.endpoint.ipAddress]);
    expect(await inside(one.sandbox, "ss -Hlun sport = :53 | wc -l")).toBe("0");
    expect(await run("nft list tables | grep hull_names || true")).toBe("");
    await down(one, two);
    await until("their interfaces are gone", async () => (await run("ip -br link show type veth")) === "");
    await names.close();
    await until("it has ended", () => resolverPids().length === 0);
    expect(existsSync(join(bench().execRoot, "names.sock"))).toBe(false);
    expect(existsSync(join(bench().execRoot, "names.json"))).toBe(false);
  });

  test("lets go of a namespace that was dropped while no engine told it", async () => {
    const [one, two] = [await up("one"), await up("two")];
    const before = (await run("ip -br link show type veth")).split("\n").length;
    await bench().net.removeSandbox("one");
    await until(
      "its interface is gone",
      async () => (await run("ip -br link show type veth")).split("\n").length === before - 1,
      3000,
    );
    expect((await lookUp(two, "all", 1, 1)).answers).toEqual([two.endpoint.ipAddress]);
    await down(one, two);
  });

  test("serves a container that was started again, though its namespace has the same path", async () => {
    const two = await up("two");
    const one = await up("one");
    await bench().down(one);
    const again = await up("one");
    expect(await lookUp(again, "two", 1, 3)).toMatchObject({
      failures: 0,
      answers: [two.endpoint.ipAddress],
    });
    await down(again, two);
  });

  test("that was killed has a successor that goes on where it was", async () => {
    const [one, two] = [await up("one"), await up("two")];
    const [pid = 0] = resolverPids();
    await until("its state is written", () =>
      readFileSync(join(bench().execRoot, "names.json"), "utf8").includes('"two"'),
    );
    killProcess(pid, 9);
    const began = performance.now();
    await until("names are answered again", async () => (await lookUp(one, "two", 1, 1)).failures === 0);
    expect(performance.now() - began).toBeLessThan(2000);
    await down(one, two);
  });

  test("is found again by the next engine, and told what there is", async () => {
    const [one, two] = [await up("one"), await up("two")];
    const [pid] = resolverPids();
    const next = serviceOf();
    expect(await next.restore([containerOf(one)])).toEqual([
      "names of container two were left over and are gone",
    ]);
    expect(resolverPids()).toEqual([pid ?? 0]);
    expect((await lookUp(one, "all", 1, 1)).answers).toEqual([one.endpoint.ipAddress]);
    await next.close();
    await down(one, two);
  });

  test("of another version is replaced without a lost lookup", async () => {
    const one = await up("one");
    const [pid = 0] = resolverPids();
    const lookups = lookUp(one, "one", 1, 1500, 500);
    await names.close();
    const command = [process.execPath, entry, "resolver", bench().execRoot];
    const successor = Bun.spawn(command, { stdout: "pipe", stderr: "inherit" });
    const { value } = await successor.stdout.getReader().read();
    expect(Buffer.from(value ?? []).toString()).toBe("ready\n");
    const next = serviceOf();
    await next.restore([containerOf(one)]);
    expect(await lookups).toMatchObject({ failures: 0, answers: [one.endpoint.ipAddress] });
    await until("the old one has ended", () => !resolverPids().includes(pid), 8000);
    expect((await lookUp(one, "one", 1, 1)).failures).toBe(0);
    await next.withdraw("one");
    await next.close();
    await bench().down(one);
  });
});

test("a firewall of the container's own sees one conversation with port 53, and may insist on it", async () => {
  const one = await up("one");
  const rules = `table ip fw {
    chain in { type filter hook input priority 0; policy drop; ct state established accept; iif lo ct state new accept; }
    chain out { type filter hook output priority 0; policy drop; ct state established accept; th dport 53 accept; }
  }`;
  await inside(one.sandbox, `nft '${rules}'`);
  expect(await inside(one.sandbox, "nft list tables")).toContain("fw");
  expect(await lookUp(one, "one", 1, 5)).toMatchObject({ failures: 0, answers: [one.endpoint.ipAddress] });
  expect(await lookUp(one, "one", 1, 5, 0, "tcp")).toMatchObject({ failures: 0 });
  await down(one);
});

test("a resolver that hangs is replaced by one that answers", async () => {
  const one = await up("one");
  const [pid = 0] = resolverPids();
  killProcess(pid, 19);
  const two = await up("two");
  expect(await lookUp(one, "two", 1, 1)).toMatchObject({ failures: 0, answers: [two.endpoint.ipAddress] });
  expect(resolverPids()).not.toContain(pid);
  await down(one, two);
});

describe("questions", () => {
  test("may be nonsense: the next one is answered", async () => {
    const one = await up("one");
    await inside(
      one.sandbox,
      `bash -c 'for i in $(seq 300); do head -c $((i * 3)) /dev/urandom >/dev/udp/127.0.0.11/53; done; head -c 70000 /dev/urandom >/dev/tcp/127.0.0.11/53'`,
    );
    expect(await lookUp(one, "one", 1, 3)).toMatchObject({ failures: 0, answers: [one.endpoint.ipAddress] });
    expect(await lookUp(one, "one", 1, 3, 0, "tcp")).toMatchObject({ failures: 0 });
    await down(one);
  });

  test("follow each other on one TCP connection without waiting", async () => {
    const one = await up("one");
    const received: Buffer[] = [];
    const socket = await connectInNamespace(
      one.sandbox.path,
      { host: "127.0.0.11", port: 53, protocol: "tcp" },
      { data: (_, data) => void received.push(Buffer.from(data)) },
      AbortSignal.timeout(3000),
    );
    const framed = (packet: Buffer) =>
      Buffer.concat([Buffer.from([packet.length >> 8, packet.length]), packet]);
    const questions = Array.from({ length: 50 }, (_, id) => framed(question("one", { id })));
    const all = Buffer.concat(questions);
    // In odd pieces, as networks deliver.
    for (let at = 0; at < all.length; at += 7) socket.write(all.subarray(at, at + 7));
    await until("50 answers", () => {
      const data = Buffer.concat(received);
      let count = 0;
      for (let at = 0; at + 2 <= data.length; at += 2 + data.readUInt16BE(at)) count++;
      return count === 50 && data.length > 50 * 30;
    });
    const first = Buffer.concat(received).subarray(2);
    expect(textOfRecords(first.subarray(0, Buffer.concat(received).readUInt16BE(0)))).toEqual([
      `1 ${one.endpoint.ipAddress} ttl 5`,
    ]);
    socket.end();
    await down(one);
  });
});

describe("names outside", () => {
  const servers = parseResolvConf(hostResolvConf().text).servers.filter((server) => !server.includes(":"));

  /** Name servers of this host, by UDP and TCP, that say what `answer` gives; undefined is silence. */
  async function nameServers(answer: (asked: Buffer, transport: "udp" | "tcp") => Buffer | undefined) {
    const asked: string[] = [];
    const open: { close(): void }[] = [];
    for (const address of servers) {
      if (!address.startsWith("127.")) await run(`ip addr add ${address}/32 dev lo`);
      const udp = await Bun.udpSocket({
        hostname: address,
        port: 53,
        socket: {
          data: (socket, data, port, from) => {
            asked.push("udp");
            const said = answer(Buffer.from(data), "udp");
            if (said) socket.send(said, port, from);
          },
        },
      });
      const tcp = Bun.listen({
        hostname: address,
        port: 53,
        socket: {
          data: (socket, data) => {
            asked.push("tcp");
            const said = answer(Buffer.from(data.subarray(2)), "tcp");
            if (said) socket.write(Buffer.concat([Buffer.from([said.length >> 8, said.length]), said]));
          },
        },
      });
      open.push(udp, { close: () => tcp.stop(true) });
    }
    return { asked, [Symbol.dispose]: () => open.forEach((one) => void one.close()) };
  }

  const address = [192, 0, 2, 1];

  test.skipIf(servers.length === 0)("are asked for at the host's own servers, once", async () => {
    using upstream = await nameServers((asked) => reply(asked, { addresses: [address] }));
    const one = await up("one");
    expect((await lookUp(one, "www.example", 1, 20)).answers).toEqual(["192.0.2.1"]);
    expect(upstream.asked).toEqual(["udp"]);
    await down(one);
  });

  test.skipIf(servers.length === 0)(
    "come by TCP when they are too large, cut for who asks by UDP",
    async () => {
      const addresses = Array.from({ length: 200 }, (_, index) => [192, 0, 2, index]);
      using upstream = await nameServers((asked, transport) =>
        transport === "udp" ? reply(asked, { truncated: true }) : reply(asked, { addresses }),
      );
      const one = await up("one");
      expect(await lookUp(one, "big.example", 1, 1)).toMatchObject({ truncated: true, answers: [] });
      expect((await lookUp(one, "big.example", 1, 1, 0, "tcp")).answers).toHaveLength(200);
      expect(upstream.asked).toEqual(["udp", "tcp"]);
      await down(one);
    },
  );

  test.skipIf(servers.length === 0)("do not slow known names down when nobody answers", async () => {
    using _ = await nameServers(() => undefined);
    const one = await up("one");
    const vain = lookUp(one, "dead.example", 1, 3);
    const known = await lookUp(one, "one", 1, 500);
    expect(known.failures).toBe(0);
    expect(known.p50).toBeLessThan(5000);
    expect((await lookUp(one, "one", 28, 3)).failures).toBe(0);
    expect(await vain).toMatchObject({ failures: 3 });
    await down(one);
  });

  test("are an error at once when nobody listens", async () => {
    const one = await up("one", { servers: ["127.0.0.2"] });
    expect(await lookUp(one, "refused.example", 1, 3)).toMatchObject({ failures: 0, rcode: 2 });
    await down(one);
  });
});
