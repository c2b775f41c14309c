import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Endpoint, PortWish, Sandbox } from "../../src/network/network.ts";
import { type BridgeNetworking, createNetworking } from "../../src/network/networking.ts";
import type { NetworkRecord } from "../../src/records/network-record.ts";
import { connectInNamespace } from "../../src/sys/namespace-connection.ts";
import { inNetworkNamespace } from "../../src/sys/namespaces.ts";
import { MemoryNetworkTable } from "../fakes/network-table.ts";
import { enterOwnHost } from "./network-own-host.ts";

let leave: () => void;
let execRoot: string;
let table: MemoryNetworkTable;
let net: BridgeNetworking;

const open = () => createNetworking({ execRoot, networks: table, bridgeName: "hk0", bip: "10.213.0.1/24" });

beforeAll(() => {
  leave = enterOwnHost();
});
afterAll(() => leave());

beforeEach(async () => {
  execRoot = mkdtempSync(join(tmpdir(), "hull-network-"));
  table = new MemoryNetworkTable();
  net = open();
  await net.init();
});

afterEach(async () => {
  await net.repair(() => false);
  await net.close();
  await linksGone();
  expect(await run("nft list tables")).toBe("");
  expect(await run(`grep -c ${execRoot} /proc/self/mountinfo || true`)).toBe("0");
  rmSync(execRoot, { recursive: true });
});

async function run(command: string): Promise<string> {
  return (await Bun.$`sh -c ${command}`.nothrow().text()).trim();
}

/** The kernel takes interfaces of a dropped namespace away on its own time. */
async function linksGone(): Promise<void> {
  const deadline = Date.now() + 5000;
  let left = "";
  do left = await run("ip -br link | grep -v ^lo");
  while (left !== "" && Date.now() < deadline);
  expect(left).toBe("");
}

const inside = (sandbox: Sandbox, command: string) => run(`nsenter --net=${sandbox.path} ${command}`);

function bridge(): NetworkRecord {
  const record = table.list().find((network) => network.name === "bridge");
  if (!record) throw new Error("no default bridge");
  return record;
}

interface Running {
  readonly sandbox: Sandbox;
  readonly endpoint: Endpoint;
}

async function up(id: string, wish = {}, network = bridge()): Promise<Running> {
  const sandbox = await net.createSandbox(id);
  return { sandbox, endpoint: await net.driver(network).attach(network, sandbox, wish) };
}

async function down({ endpoint }: Running, network = bridge()): Promise<void> {
  await net.ports.unpublish(endpoint.containerId);
  await net.removeSandbox(endpoint.containerId);
  await net.driver(network).detach(network, endpoint);
}

/** A server in a sandbox that answers every connection with one word and ends it. */
function serve(sandbox: Sandbox, port: number, word: string) {
  return inNetworkNamespace(sandbox.path, () =>
    Bun.listen({
      hostname: "0.0.0.0",
      port,
      socket: {
        data: () => {},
        open: (socket) => {
          socket.end(`${word} ${socket.remoteAddress}`);
        },
      },
    }),
  );
}

const wish = (
  hostIp: string,
  hostPort: number,
  containerPort = 80,
  protocol: "tcp" | "udp" = "tcp",
): PortWish => ({
  containerPort,
  protocol,
  hostIp,
  hostPortFirst: hostPort,
  hostPortLast: hostPort,
});

const ask = (address: string, port: number) =>
  `bash -c 'exec 3<>/dev/tcp/${address}/${port} && timeout 2 cat <&3' 2>&1`;

test("a container gets eth0 with its address, Docker's MAC, a default route and nothing of IPv6", async () => {
  const one = await up("one");
  expect(one.endpoint).toMatchObject({
    interfaceName: "eth0",
    ipAddress: "10.213.0.2",
    ipPrefixLength: 24,
    gateway: "10.213.0.1",
    macAddress: "02:42:0a:d5:00:02",
  });
  const shown = await inside(one.sandbox, "ip -o addr show dev eth0");
  expect(shown).toContain("inet 10.213.0.2/24 brd 10.213.0.255");
  expect(shown).not.toContain("inet6");
  expect(await inside(one.sandbox, "ip route show default")).toBe("default via 10.213.0.1 dev eth0");
  expect(await inside(one.sandbox, "ip -br link show lo")).toContain("LOOPBACK,UP");
  expect(await inside(one.sandbox, "busybox ping -c1 -W2 10.213.0.1")).toContain(" 0% packet loss");
});

test("containers reach each other; the lowest free address is given again", async () => {
  const one = await up("one");
  const two = await up("two");
  expect(await inside(one.sandbox, `busybox ping -c1 -W2 ${two.endpoint.ipAddress}`)).toContain(
    " 0% packet loss",
  );
  await down(one);
  const again = await up("again", { macAddress: "02:11:22:33:44:55" });
  expect(again.endpoint.ipAddress).toBe("10.213.0.2");
  expect(await inside(two.sandbox, `busybox ping -c1 -W2 ${again.endpoint.ipAddress}`)).toContain(
    " 0% packet loss",
  );
});

test("a published port answers on loopback, host address, from a neighbour and from itself", async () => {
  const one = await up("one");
  const two = await up("two");
  const server = serve(one.sandbox, 80, "hello");
  try {
    const ports = await net.ports.publish(one.endpoint, "one", [wish("", 18080)]);
    expect(ports).toEqual([{ containerPort: 80, protocol: "tcp", hostIp: "0.0.0.0", hostPort: 18080 }]);
    expect(await run(ask("127.0.0.1", 18080))).toStartWith("hello");
    expect(await run(ask("10.213.0.1", 18080))).toStartWith("hello");
    expect(await inside(two.sandbox, ask("10.213.0.1", 18080))).toStartWith("hello");
    expect(await inside(one.sandbox, ask("10.213.0.1", 18080))).toStartWith("hello");
    await net.ports.unpublish("one");
    expect(await run(ask("127.0.0.1", 18080))).toContain("refused");
  } finally {
    server.stop(true);
  }
});

test("connectInNamespace reaches a server on the container's own loopback and reports a refusal", async () => {
  const { sandbox } = await up("one");
  const server = inNetworkNamespace(sandbox.path, () =>
    Bun.listen({
      hostname: "127.0.0.1",
      port: 8000,
      socket: {
        data: (socket, data) => {
          socket.end(`got ${data}`);
        },
      },
    }),
  );
  try {
    const signal = AbortSignal.timeout(5000);
    const answer = Promise.withResolvers<string>();
    const connection = await connectInNamespace(
      sandbox.path,
      "127.0.0.1",
      8000,
      { data: (_, data) => answer.resolve(data.toString()) },
      signal,
    );
    connection.write("probe");
    expect(await answer.promise).toBe("got probe");
    connection.end();
    expect(connectInNamespace(sandbox.path, "127.0.0.1", 8001, { data: () => {} }, signal)).rejects.toThrow(
      "connect to 127.0.0.1:8001 in the container: ECONNREFUSED",
    );
  } finally {
    server.stop(true);
  }
});

test("a taken port is refused naming the container or the process, and a range goes round it", async () => {
  const one = await up("one");
  const two = await up("two");
  await net.ports.publish(one.endpoint, "web", [wish("", 18081)]);
  const again = net.ports.publish(two.endpoint, "two", [wish("127.0.0.1", 18082), wish("127.0.0.1", 18081)]);
  expect(again).rejects.toThrow(
    `driver failed programming external connectivity on endpoint two (${two.endpoint.endpointId}): Bind for 127.0.0.1:18081 failed: port is already allocated (it is held by container "web")`,
  );
  await again.catch(() => {});
  const stranger = Bun.listen({ hostname: "127.0.0.1", port: 18083, socket: { data: () => {} } });
  try {
    const refused = net.ports.publish(two.endpoint, "two", [wish("", 18083)]);
    await refused.catch((error) => {
      expect(error.message).toContain("Bind for 0.0.0.0:18083 failed: port is already allocated (it is held by process");
      expect(error.message).toContain(`pid ${process.pid})`);
    });
    expect(refused).rejects.toThrow();
    const range = { ...wish("", 18081), hostPortLast: 18084 };
    expect((await net.ports.publish(two.endpoint, "two", [range]))[0]?.hostPort).toBe(18082);
    const any = await net.ports.publish(two.endpoint, "two", [wish("", 0)]);
    expect(any[0]?.hostPort).toBeGreaterThan(1023);
  } finally {
    stranger.stop(true);
  }
  expect(() => Bun.listen({ hostname: "0.0.0.0", port: 18081, socket: { data: () => {} } })).toThrow();
  await net.ports.unpublish("one");
  Bun.listen({ hostname: "0.0.0.0", port: 18081, socket: { data: () => {} } }).stop(true);
});

test("what cannot be published is refused in words", async () => {
  const { endpoint } = await up("one");
  const refused = async (one: PortWish, words: string) => {
    const error = await net.ports.publish(endpoint, "one", [one]).catch((caught) => caught);
    expect(error.message).toContain(words);
  };
  await refused(wish("::", 18081), 'publishing on the IPv6 address "::" is not available');
  await refused(wish("198.51.100.7", 18081), "cannot assign requested address");
  if (!(await Bun.file("/proc/net/sctp/snmp").exists())) {
    await refused({ ...wish("", 18081), protocol: "sctp" }, "this kernel has no SCTP");
  }
});

test("a published UDP port follows the container even for a client that keeps its source port", async () => {
  const client = await Bun.udpSocket({ hostname: "127.0.0.1", port: 0, socket: {} });
  const sourcePort = client.port;
  client.close();
  const talk = async (word: string) => {
    const { sandbox, endpoint } = await up(word);
    const server = await inNamespaceUdp(sandbox, 53, word);
    await net.ports.publish(endpoint, word, [wish("", 18053, 53, "udp")]);
    const reply = await askDatagram(sourcePort, 18053);
    server.close();
    return { reply, running: { sandbox, endpoint } };
  };
  const first = await talk("first");
  expect(first.reply).toBe("first");
  // The next container has another address; the flow of before must not lead to the old one.
  const filler = await up("filler");
  await down(first.running);
  const blocker = await up("blocker");
  expect(blocker.endpoint.ipAddress).toBe(first.running.endpoint.ipAddress);
  expect((await talk("second")).reply).toBe("second");
  expect(filler.endpoint.ipAddress).toBe("10.213.0.3");
});

/** A datagram server in a sandbox that answers everything with one word. */
function inNamespaceUdp(sandbox: Sandbox, port: number, word: string) {
  return started(
    Bun.spawn(
      [
        "nsenter",
        `--net=${sandbox.path}`,
        process.execPath,
        "-e",
        `const s = await Bun.udpSocket({ hostname: "0.0.0.0", port: ${port}, socket: { data: (s, d, p, a) => s.send("${word}", p, a) } }); console.log("ready");`,
      ],
      { stdout: "pipe" },
    ),
  );
}

async function started(child: Bun.Subprocess<"ignore", "pipe", "inherit">) {
  const reader = child.stdout.getReader();
  await reader.read();
  return { close: () => child.kill() };
}

/** One datagram from a fixed source port, sent until it is answered. */
async function askDatagram(sourcePort: number, port: number): Promise<string> {
  const answer = Promise.withResolvers<string>();
  const socket = await Bun.udpSocket({
    hostname: "127.0.0.1",
    port: sourcePort,
    socket: { data: (_, data) => answer.resolve(data.toString()) },
  });
  const timer = setInterval(() => socket.send("?", port, "127.0.0.1"), 20);
  const timeout = setTimeout(() => answer.resolve("no answer"), 3000);
  try {
    return await answer.promise;
  } finally {
    clearInterval(timer);
    clearTimeout(timeout);
    socket.close();
  }
}
