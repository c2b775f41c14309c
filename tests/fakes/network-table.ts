import { conflict } from "../../src/errors/engine-error.ts";
import type { AddressRecord, NetworkRecord } from "../../src/records/network-record.ts";
import type { NetworkTable } from "../../src/records/records.ts";

/** Networks and addresses in memory, with the promises of the real table. */
export class MemoryNetworkTable implements NetworkTable {
  readonly #networks = new Map<string, NetworkRecord>();
  #addresses: AddressRecord[] = [];

  list(): NetworkRecord[] {
    return [...this.#networks.values()];
  }

  get(id: string): NetworkRecord | undefined {
    return this.#networks.get(id);
  }

  insert(record: NetworkRecord): void {
    if (this.list().some((other) => other.id === record.id || other.name === record.name)) {
      throw conflict(`network with name ${record.name} already exists`);
    }
    this.#networks.set(record.id, record);
  }

  remove(id: string): void {
    this.#networks.delete(id);
  }

  addresses(networkId: string): AddressRecord[] {
    return this.#addresses.filter((record) => record.networkId === networkId);
  }

  takeAddress(record: AddressRecord): void {
    if (this.addresses(record.networkId).some((other) => other.address === record.address)) {
      throw conflict("Address already in use");
    }
    this.#addresses.push(record);
  }

  releaseAddresses(networkId: string, containerId: string): void {
    this.#addresses = this.#addresses.filter(
      (record) => record.networkId !== networkId || record.containerId !== containerId,
    );
  }
}
