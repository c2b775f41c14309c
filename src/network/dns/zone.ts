import { addressBytes, formatAddress, parseAddress } from "../../lib/ip.ts";
import type { NamedEndpoint, ResolvedContainer } from "../names.ts";
import { type AnswerRecord, encodeName } from "./answer.ts";
import { recordType } from "./message.ts";
import { addressOfReverse } from "./reverse.ts";

/** Each with the containers that stand behind it: several may share an alias. */
interface NetworkNames {
  /** Addresses by name in lower case. */
  readonly byName: Map<string, Map<string, readonly Uint8Array[]>>;
  /** Names by address. */
  readonly byAddress: Map<string, Map<string, string>>;
}

/** Undefined: no such name here. Without records: the name is there, but has no such record. */
export type ZoneAnswer = readonly AnswerRecord[] | undefined;

/** Names of the machine the containers run on, for every container that has a way to it. */
const hostNames: ReadonlySet<string> = new Set(["host.docker.internal", "gateway.docker.internal"]);

/** Who is called what, on which network: what this resolver knows by itself. */
export class Zone {
  readonly #containers = new Map<string, ResolvedContainer>();
  readonly #networks = new Map<string, NetworkNames>();

  get(containerId: string): ResolvedContainer | undefined {
    return this.#containers.get(containerId);
  }

  get containers(): Iterable<ResolvedContainer> {
    return this.#containers.values();
  }

  get size(): number {
    return this.#containers.size;
  }

  put(container: ResolvedContainer): void {
    this.remove(container.containerId);
    this.#containers.set(container.containerId, container);
    for (const endpoint of container.endpoints) this.#add(container.containerId, endpoint);
  }

  remove(containerId: string): void {
    const container = this.#containers.get(containerId);
    if (!container) return;
    this.#containers.delete(containerId);
    for (const { networkId, names, addresses } of container.endpoints) {
      const network = this.#networks.get(networkId);
      if (!network) continue;
      for (const name of names) forget(network.byName, name.toLowerCase(), containerId);
      for (const address of addresses) forget(network.byAddress, canonical(address), containerId);
      if (network.byName.size === 0 && network.byAddress.size === 0) this.#networks.delete(networkId);
    }
  }

  /** What `asker` gets for a name and a type of record. */
  find(asker: ResolvedContainer, name: string, type: number): ZoneAnswer {
    if (type === recordType.PTR) return this.#reverse(asker, name);
    const addresses = this.#addresses(asker, name);
    if (!addresses) return undefined;
    return addresses.flatMap((data) => {
      const own = data.length === 4 ? recordType.A : recordType.AAAA;
      return type === own || type === recordType.ANY ? [{ type: own, data }] : [];
    });
  }

  #addresses(asker: ResolvedContainer, name: string): Uint8Array[] | undefined {
    // Names come from anywhere: `constructor` is one, and every object has that.
    const target = Object.hasOwn(asker.ownNames, name) ? asker.ownNames[name] : undefined;
    for (const candidate of target ?? []) {
      const found = this.#onNetworks(asker, candidate.toLowerCase());
      if (found) return found;
    }
    // A link to a container that does not run: nobody outside is asked about it.
    if (target) return [];
    const found = this.#onNetworks(asker, name);
    if (found) return found;
    if (hostNames.has(name)) return asker.hostAddresses.map(addressBytes);
    return undefined;
  }

  /** The first network of the asker that has the name; `name.network` asks one of them. */
  #onNetworks(asker: ResolvedContainer, name: string): Uint8Array[] | undefined {
    for (const { networkId } of asker.endpoints) {
      const found = this.#networks.get(networkId)?.byName.get(name);
      if (found) return this.#ready(found);
    }
    for (const { networkId, networkName } of asker.endpoints) {
      const suffix = `.${networkName.toLowerCase()}`;
      if (!name.endsWith(suffix)) continue;
      const found = this.#networks.get(networkId)?.byName.get(name.slice(0, -suffix.length));
      if (found) return this.#ready(found);
    }
    return undefined;
  }

  /** Without those that stand back, unless all do. */
  #ready(holders: ReadonlyMap<string, readonly Uint8Array[]>): Uint8Array[] {
    const ready = [...holders].filter(([id]) => !this.#containers.get(id)?.standsBack);
    return (ready.length > 0 ? ready.map(([, addresses]) => addresses) : [...holders.values()]).flat();
  }

  #reverse(asker: ResolvedContainer, name: string): ZoneAnswer {
    const address = addressOfReverse(name);
    if (address === undefined) return undefined;
    const names = new Set<string>();
    for (const { networkId } of asker.endpoints) {
      for (const one of this.#networks.get(networkId)?.byAddress.get(address)?.values() ?? []) names.add(one);
    }
    if (names.size === 0 && asker.hostAddresses.some((one) => canonical(one) === address))
      names.add("host.docker.internal");
    const records = [...names].flatMap((one) => {
      const data = encodeName(one);
      return data ? [{ type: recordType.PTR, data }] : [];
    });
    return records.length > 0 ? records : undefined;
  }

  #add(containerId: string, { networkId, networkName, names, addresses }: NamedEndpoint): void {
    const network: NetworkNames = this.#networks.get(networkId) ?? {
      byName: new Map(),
      byAddress: new Map(),
    };
    this.#networks.set(networkId, network);
    const data = addresses.map(addressBytes);
    for (const name of names) remember(network.byName, name.toLowerCase(), containerId, data);
    const [first] = names;
    if (first === undefined) return;
    for (const address of addresses) {
      remember(network.byAddress, canonical(address), containerId, `${first}.${networkName}`);
    }
  }
}

const canonical = (address: string): string => formatAddress(parseAddress(address));

function remember<T>(map: Map<string, Map<string, T>>, key: string, containerId: string, value: T): void {
  const holders = map.get(key);
  if (holders) holders.set(containerId, value);
  else map.set(key, new Map([[containerId, value]]));
}

function forget<T>(map: Map<string, Map<string, T>>, key: string, containerId: string): void {
  const holders = map.get(key);
  if (holders?.delete(containerId) && holders.size === 0) map.delete(key);
}
