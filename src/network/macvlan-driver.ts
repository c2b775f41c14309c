import { forbidden, invalidArgument, unavailable } from "../errors/engine-error.ts";
import { failpoint } from "../lib/failpoint.ts";
import type { NetworkRecord } from "../records/network-record.ts";
import { errnoOf } from "../sys/errno-of.ts";
import { addressProblems } from "./address-problems.ts";
import type { BridgeDriverParts } from "./bridge-driver.ts";
import { type NewEndpoint, namingFor, planInterface, takeEndpoint } from "./interface-plan.ts";
import type { InnerPlan } from "./kernel.ts";
import { macvlanOptions } from "./macvlan-options.ts";
import type { Endpoint, EndpointWish, NetworkDriver, Sandbox } from "./network.ts";
import { mendAll, type Problem } from "./problem.ts";

/**
 * Containers with interfaces of their own on an interface of the host, beside the host in its
 * network: no bridge, no rules, no gateway of ours. Without a parent they are among themselves.
 */
export class MacvlanDriver implements NetworkDriver {
  readonly name = "macvlan";
  readonly #parts: Omit<BridgeDriverParts, "firewall" | "reaper">;

  constructor(parts: Omit<BridgeDriverParts, "firewall" | "reaper">) {
    this.#parts = parts;
  }

  async create(network: NetworkRecord): Promise<void> {
    const { kernel, table } = this.#parts;
    const { parent, makeParent, mode } = macvlanOptions(network);
    if (!makeParent && !kernel.link(parent)) {
      throw invalidArgument(`the requested parent interface ${parent} was not found on this host`);
    }
    const sharers = table
      .list()
      .filter((other) => other.driver === "macvlan" && macvlanOptions(other).parent === parent);
    const other = sharers.find((one) => mode === "passthru" || macvlanOptions(one).mode === "passthru");
    if (other) throw forbidden(`network ${other.name} is already using parent interface ${parent}`);
    this.#ensureParent(network);
    await failpoint("network.parent");
  }

  async remove(network: NetworkRecord): Promise<void> {
    const { kernel, table, group } = this.#parts;
    const { parent } = macvlanOptions(network);
    const isShared = table
      .list()
      .some(
        (other) =>
          other.id !== network.id && other.driver === "macvlan" && macvlanOptions(other).parent === parent,
      );
    // Only what we made, not an interface of the host.
    if (!isShared && kernel.link(parent)?.group === group) await kernel.deleteLinks([parent]);
  }

  #ensureParent(network: NetworkRecord): void {
    const { makeParent } = macvlanOptions(network);
    if (makeParent) this.#parts.kernel.ensureParent({ ...makeParent, group: this.#parts.group });
  }

  async attach(network: NetworkRecord, sandbox: Sandbox, wish: EndpointWish): Promise<Endpoint> {
    const { table } = this.#parts;
    const options = macvlanOptions(network);
    const naming = namingFor(wish, options.interfacePrefix);
    const taken = takeEndpoint(table, network, sandbox.containerId, wish);
    try {
      const inner = { naming, sysctls: wish.sysctls ?? {} };
      const endpoint = reachable(taken, options.isolated);
      const made = await patiently(() => this.#connect(network, sandbox, endpoint, inner));
      await failpoint("network.attach");
      return made;
    } catch (error) {
      table.releaseAddresses(network.id, sandbox.containerId);
      throw error;
    }
  }

  #connect(
    network: NetworkRecord,
    sandbox: Sandbox,
    endpoint: NewEndpoint,
    inner: Pick<InnerPlan, "naming" | "sysctls">,
  ): Endpoint {
    const { parent, mode, mtu } = macvlanOptions(network);
    const made = this.#parts.kernel.attachMacvlan({
      ...planInterface(endpoint, { namespacePath: sandbox.path, mtu, ...inner }),
      parent,
      mode,
    });
    return { ...endpoint, interfaceName: made.name, macAddress: made.macAddress };
  }

  /** With its sandbox gone the interface is gone as well. */
  async detach(network: NetworkRecord, endpoint: Endpoint): Promise<void> {
    const { kernel, table, sandboxOf } = this.#parts;
    const sandbox = sandboxOf(endpoint.containerId);
    if (sandbox) await kernel.deleteInside(sandbox.path, endpoint.interfaceName);
    table.releaseAddresses(network.id, endpoint.containerId);
  }

  async examine(network: NetworkRecord, alive: readonly Endpoint[]): Promise<Problem[]> {
    const { kernel, table } = this.#parts;
    const { parent, makeParent } = macvlanOptions(network);
    const problems: Problem[] = [];
    if (!kernel.link(parent)) {
      problems.push({
        what: makeParent
          ? `interface ${parent} of network ${network.name} is missing`
          : `interface ${parent}, which network ${network.name} is on, is not on this host any more`,
        mend: () => {
          this.#ensureParent(network);
          this.#requireParent(parent);
        },
      });
    }
    for (const endpoint of alive) problems.push(...this.#examineEndpoint(network, endpoint));
    return [...problems, ...addressProblems(table, network, alive)];
  }

  #examineEndpoint(network: NetworkRecord, endpoint: Endpoint): Problem[] {
    const { kernel, sandboxOf } = this.#parts;
    const sandbox = sandboxOf(endpoint.containerId);
    if (!sandbox || kernel.insideLinks(sandbox.path).includes(endpoint.interfaceName)) return [];
    const { parent } = macvlanOptions(network);
    return [
      {
        what: `interface ${endpoint.interfaceName} of container ${endpoint.containerId.slice(0, 12)} on network ${network.name} is missing`,
        mend: () => {
          this.#requireParent(parent);
          this.#connect(network, sandbox, endpoint, {
            naming: { name: endpoint.interfaceName },
            sysctls: endpoint.sysctls ?? {},
          });
        },
      },
    ];
  }

  #requireParent(parent: string): void {
    if (!this.#parts.kernel.link(parent))
      throw unavailable(`only this host's administrator can bring ${parent} back`);
  }

  async reconcile(network: NetworkRecord, alive: readonly Endpoint[]): Promise<string[]> {
    return mendAll(await this.examine(network, alive));
  }
}

/**
 * The hardware address may be the one of an interface that is still going, with the network
 * namespace of the container's last run: the parent takes it once only.
 */
async function patiently<T>(work: () => T): Promise<T> {
  const deadline = Date.now() + 3000;
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (errnoOf(error) !== "EADDRINUSE" || Date.now() > deadline) throw error;
      await Bun.sleep(20);
    }
  }
}

/** Among themselves there is no gateway. */
function reachable(endpoint: NewEndpoint, isolated: boolean): NewEndpoint {
  if (!isolated) return endpoint;
  return { ...endpoint, gateway: "", ...(endpoint.ipv6Address && { ipv6Gateway: "" }) };
}
