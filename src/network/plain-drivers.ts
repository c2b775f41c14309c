import { forbidden } from "../errors/engine-error.ts";
import type { NetworkRecord } from "../records/network-record.ts";
import { randomId } from "./interface-plan.ts";
import type { Endpoint, NetworkDriver, Sandbox } from "./network.ts";

/**
 * The networks that need nothing of us: `host` (the container runs in the host's own network
 * namespace) and `null` (it has loopback only).
 */
export class PlainDriver implements NetworkDriver {
  readonly name: string;

  constructor(name: "host" | "null") {
    this.name = name;
  }

  create(network: NetworkRecord): Promise<void> {
    return Promise.reject(
      forbidden(
        `only one instance of "${this.name}" network is allowed, not also ${JSON.stringify(network.name)}`,
      ),
    );
  }

  remove(network: NetworkRecord): Promise<void> {
    return Promise.reject(forbidden(`${network.name} is a pre-defined network and cannot be removed`));
  }

  async attach(network: NetworkRecord, sandbox: Sandbox): Promise<Endpoint> {
    return {
      endpointId: randomId(),
      networkId: network.id,
      containerId: sandbox.containerId,
      interfaceName: "",
      macAddress: "",
      ipAddress: "",
      ipPrefixLength: 0,
      gateway: "",
    };
  }

  async detach(): Promise<void> {}

  async examine(): Promise<[]> {
    return [];
  }

  async reconcile(): Promise<string[]> {
    return [];
  }
}
