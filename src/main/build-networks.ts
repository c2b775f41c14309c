import type { BuildProcess } from "../build/executor.ts";
import type { EngineContext, LentSandbox } from "../engine/context.ts";
import { messageOf, notFound } from "../errors/engine-error.ts";
import { log } from "../lib/log.ts";
import type { Endpoint } from "../network/network.ts";
import type { NetworkRecord } from "../records/network-record.ts";
import type { NamespaceChoice } from "../runtime/runtime.ts";

type Context = Pick<EngineContext, "networking" | "records">;

export interface NetworkLease {
  readonly namespace: NamespaceChoice;
  readonly addresses: readonly string[];
  readonly gateway: string | undefined;
  /** Whether the next step may have it as it is. */
  release(options: { readonly reuse: boolean }): Promise<void>;
}

interface Sandbox {
  readonly id: string;
  readonly path: string;
  readonly network: NetworkRecord | undefined;
  readonly endpoint: Endpoint | undefined;
}

/** Two builds side by side with two branches each find theirs ready. */
const mostIdle = 4;
const idleMs = 5000;

/**
 * Network namespaces of build steps. One step after the other takes the same: all of a step's
 * processes are gone when it ends, and without capabilities it cannot have changed its network.
 * Those nobody needs for some seconds go.
 */
// trail: build RUN
export class BuildNetworks {
  readonly #context: Context;
  readonly #idle = new Map<string, Sandbox[]>();
  readonly #all = new Set<Sandbox>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(context: Context) {
    this.#context = context;
  }

  async acquire(wish: BuildProcess["network"]): Promise<NetworkLease> {
    if (wish === "host") return hostLease;
    const network = this.#networkOf(wish);
    const key = network?.id ?? "none";
    const sandbox = this.#idle.get(key)?.pop() ?? (await this.#make(network));
    const { endpoint } = sandbox;
    const addresses = [endpoint?.ipAddress, endpoint?.ipv6Address].flatMap((address) => address || []);
    return {
      namespace: { kind: "path", path: sandbox.path },
      addresses,
      gateway: endpoint?.gateway || undefined,
      release: async ({ reuse }) => {
        const idle = this.#idle.get(key) ?? [];
        if (!reuse || this.#closed || idle.length >= mostIdle) return await this.#drop(sandbox);
        idle.push(sandbox);
        this.#idle.set(key, idle);
        this.#dropIdleLater();
      },
    };
  }

  /** Those of running steps and those kept ready: no container's, and nobody's to take away. */
  lent(): readonly LentSandbox[] {
    return [...this.#all];
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#dropIdle();
  }

  #networkOf(wish: Exclude<BuildProcess["network"], "host">): NetworkRecord | undefined {
    if (wish === "none") return undefined;
    const networks = this.#context.records.networks.list();
    if (wish === "default") return networks.find(({ name }) => name === "bridge");
    const found = networks.find(({ id, name }) => name === wish.name || id === wish.name);
    if (!found) throw notFound(`network ${wish.name} not found`);
    return found.driver === "null" ? undefined : found;
  }

  async #make(network: NetworkRecord | undefined): Promise<Sandbox> {
    const { networking } = this.#context;
    const id = `build-${crypto.randomUUID()}`;
    await using undo = new AsyncDisposableStack();
    const { path } = await networking.createSandbox(id);
    undo.defer(() => networking.removeSandbox(id));
    let endpoint: Endpoint | undefined;
    if (network) {
      endpoint = await networking.driver(network).attach(network, { containerId: id, path }, {});
      const made = endpoint;
      undo.defer(() => networking.driver(network).detach(network, made));
      const ipv6 = endpoint.ipv6Gateway ? { ipv6: endpoint } : {};
      const ipv4 = endpoint.gateway ? { ipv4: endpoint } : {};
      networking.setGateways(id, { ...ipv4, ...ipv6 });
    }
    undo.move();
    const sandbox = { id, path, network, endpoint };
    this.#all.add(sandbox);
    return sandbox;
  }

  async #drop(sandbox: Sandbox): Promise<void> {
    const { networking } = this.#context;
    const { id, network, endpoint } = sandbox;
    this.#all.delete(sandbox);
    try {
      // The namespace takes its interfaces along without a wait.
      await networking.removeSandbox(id);
    } finally {
      if (network && endpoint) await networking.driver(network).detach(network, endpoint);
    }
  }

  #dropIdleLater(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#dropIdle(), idleMs);
    this.#timer.unref();
  }

  async #dropIdle(): Promise<void> {
    const idle = [...this.#idle.values()].flat();
    this.#idle.clear();
    for (const sandbox of idle) {
      try {
        await this.#drop(sandbox);
      } catch (error) {
        log.warn(`cannot take back the network of build steps: ${messageOf(error)}`, { sandbox: sandbox.id });
      }
    }
  }
}

const hostLease: NetworkLease = {
  namespace: { kind: "host" },
  addresses: [],
  gateway: undefined,
  release: async () => {},
};
