import { join } from "node:path";
import type { NetworkTable } from "../records/records.ts";
import { hostLinkOf, isOurVeth } from "./bridge-driver.ts";
import { hostLinksOf } from "./host-links.ts";
import type { HostLink, NetworkKernel } from "./kernel.ts";
import type { LinkReaper } from "./link-reaper.ts";
import type { Endpoint } from "./network.ts";
import type { Problem } from "./problem.ts";

export interface StrayParts {
  readonly kernel: NetworkKernel;
  readonly table: NetworkTable;
  readonly reaper: LinkReaper;
  /** Mark of this engine's links. */
  readonly group: number;
  /** Where the network namespaces are kept. */
  readonly directory: string;
}

/** What carries this engine's mark and stands for nothing on record. */
export class Strays {
  readonly #parts: StrayParts;

  constructor(parts: StrayParts) {
    this.#parts = parts;
  }

  /** Namespaces and addresses of containers that nobody wants. */
  ofContainers(isWanted: (containerId: string) => boolean): Problem[] {
    const { kernel, table, directory } = this.#parts;
    const namespaces = kernel.namespaces(directory).filter((id) => !isWanted(id));
    const addresses = table
      .list()
      .flatMap((network) => table.addresses(network.id).map((record) => ({ network, ...record })))
      .filter(({ containerId }) => !isWanted(containerId));
    return [
      ...namespaces.map((id) => ({
        what: `network namespace of container ${id.slice(0, 12)} was left over`,
        mend: () => kernel.dropNamespace(join(directory, id)),
      })),
      ...addresses.map(({ network, address, containerId }) => ({
        what: `address ${address} on network ${network.name} was left over`,
        mend: () => table.releaseAddresses(network.id, containerId),
      })),
    ];
  }

  /** Interfaces of no network that a record knows; with them what is connected to them. */
  ofNetworks(): Problem[] {
    const { kernel, table, group } = this.#parts;
    const links = kernel.links();
    const known = new Set(table.list().flatMap(hostLinksOf));
    const stray = links.filter(
      (link) => link.group === group && link.kind !== "veth" && !known.has(link.name),
    );
    const ports = links.filter(
      (link) => isOurVeth(link, group) && stray.some((bridge) => bridge.index === link.master),
    );
    return this.#problems([...ports, ...stray]);
  }

  /** Interfaces on no bridge at all, and of no running container. */
  loose(alive: readonly Endpoint[]): Problem[] {
    const { kernel, table, reaper, group } = this.#parts;
    const wanted = new Set([...alive.map(hostLinkOf), ...table.list().flatMap(hostLinksOf)]);
    const isLoose = (link: HostLink) =>
      isOurVeth(link, group) && link.master === 0 && !wanted.has(link.name) && !reaper.expects(link.name);
    return this.#problems(kernel.links().filter(isLoose));
  }

  #problems(links: readonly HostLink[]): Problem[] {
    return links.map(({ name }) => ({
      what: `network interface ${name} was left over`,
      mend: () => this.#parts.reaper.removeNow([name]),
    }));
  }
}
