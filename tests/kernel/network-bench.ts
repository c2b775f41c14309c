import { afterAll, afterEach, beforeAll, beforeEach, expect } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Endpoint, EndpointWish, PortWish, Sandbox } from "../../src/network/network.ts";
import { type BridgeNetworking, createNetworking } from "../../src/network/networking.ts";
import type { NetworkingOptions } from "../../src/network/networking-options.ts";
import type { NetworkRecord } from "../../src/records/network-record.ts";
import { inNetworkNamespace } from "../../src/sys/namespaces.ts";
import { MemoryNetworkTable } from "../fakes/network-table.ts";
import { enterOwnHost } from "./network-own-host.ts";

export async function run(command: string): Promise<string> {
  return (await Bun.$`sh -c ${command}`.nothrow().text()).trim();
}

export const inside = (sandbox: Sandbox, command: string) => run(`nsenter --net=${sandbox.path} ${command}`);

/** Reads what a server says on a TCP connection, or the reason there is none. */
export const ask = (address: string, port: number, seconds = 3) =>
  `timeout ${seconds} bash -c 'exec 3<>/dev/tcp/${address}/${port} && cat <&3' 2>&1`;

export const wish = (
  hostIp: string,
  hostPort: number,
  containerPort = 80,
  protocol: "tcp" | "udp" = "tcp",
): PortWish => ({ containerPort, protocol, hostIp, hostPortFirst: hostPort, hostPortLast: hostPort });

export interface Running {
  readonly sandbox: Sandbox;
  readonly endpoint: Endpoint;
}

/** The same where silence is expected, which takes all of the time given. */
export const askInVain = (address: string, port: number) => ask(address, port, 0.5);

/** A server in a sandbox that tells every connection one word and the address it came from. */
export function serve(sandbox: Sandbox, port: number, word: string, hostname = "0.0.0.0") {
  return inNetworkNamespace(sandbox.path, () =>
    Bun.listen({
      hostname,
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

/**
 * An engine's networking on a host of its own (see `enterOwnHost`), fresh for every test; after
 * each test nothing of it may be left in the kernel.
 */
export class NetworkBench {
  readonly execRoot = mkdtempSync(join(tmpdir(), "hull-network-"));
  table = new MemoryNetworkTable();
  net: BridgeNetworking;
  readonly #options: Partial<NetworkingOptions>;

  constructor(options: Partial<NetworkingOptions> = {}) {
    this.#options = options;
    this.net = this.open();
  }

  open(options: Partial<NetworkingOptions> = {}): BridgeNetworking {
    this.net = createNetworking({
      execRoot: this.execRoot,
      networks: this.table,
      bridgeName: "hk0",
      bip: "10.213.0.1/24",
      ...this.#options,
      ...options,
    });
    return this.net;
  }

  get bridge(): NetworkRecord {
    const record = this.table.list().find((network) => network.name === "bridge");
    if (!record) throw new Error("no default bridge");
    return record;
  }

  async up(id: string, wished: EndpointWish = {}, network = this.bridge): Promise<Running> {
    const sandbox = await this.net.createSandbox(id);
    const endpoint = await this.net.driver(network).attach(network, sandbox, wished);
    this.net.setGateways(id, {
      ...(endpoint.gateway && { ipv4: endpoint }),
      ...(endpoint.ipv6Gateway && { ipv6: endpoint }),
    });
    return { sandbox, endpoint };
  }

  async down({ endpoint }: Running, network = this.bridge): Promise<void> {
    await this.net.ports.unpublish(endpoint.containerId);
    await this.net.removeSandbox(endpoint.containerId);
    await this.net.driver(network).detach(network, endpoint);
  }

  async close(): Promise<void> {
    await this.net.repair(() => false);
    await this.net.close();
    await linksGone();
    expect(await run("nft list tables")).toBe("");
    expect(await run(`grep -c ${this.execRoot} /proc/self/mountinfo || true`)).toBe("0");
    rmSync(this.execRoot, { recursive: true });
  }
}

/** The kernel takes interfaces of a dropped namespace away on its own time. */
export async function linksGone(): Promise<void> {
  const deadline = Date.now() + 5000;
  let left = "";
  do left = await run("(ip -br link show type veth; ip -br link show type bridge) | grep -v ^lan0");
  while (left !== "" && Date.now() < deadline);
  expect(left).toBe("");
}

/** Registers the hooks of a test file; the bench is there from `beforeEach` on. */
export function useNetworkBench(options: Partial<NetworkingOptions> = {}): () => NetworkBench {
  let leave = () => {};
  let bench: NetworkBench | undefined;
  const current = () => {
    if (!bench) throw new Error("no bench outside of a test");
    return bench;
  };
  beforeAll(() => {
    leave = enterOwnHost();
  });
  afterAll(() => leave());
  beforeEach(async () => {
    bench = new NetworkBench(options);
    await bench.net.init();
  });
  afterEach(() => current().close());
  return current;
}
