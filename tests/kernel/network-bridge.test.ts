import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Endpoint, PortWish, Sandbox } from "../../src/network/network.ts";
import { type BridgeNetworking, createNetworking } from "../../src/network/networking.ts";
import type { NetworkRecord } from "../../src/records/network-record.ts";
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
