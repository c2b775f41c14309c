import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import type { Family } from "../lib/ip.ts";
import type { IpamPool } from "../records/network-record.ts";
import type { NetworkTable } from "../records/records.ts";
import { type AddressPool, uniqueLocalPool } from "./address-pools.ts";
import type { NetworkKernel } from "./kernel.ts";
import { planPools } from "./pool-planner.ts";

export interface AddressChooserParts {
  readonly kernel: NetworkKernel;
  readonly table: NetworkTable;
  /** Mark of this engine's links. */
  readonly group: number;
  readonly defaultBridge: string;
  readonly execRoot: string;
  /** `--default-address-pool` */
  readonly pools: readonly AddressPool[] | undefined;
}

export interface PoolRequest {
  readonly pools: readonly IpamPool[];
  readonly families: readonly Family[];
  /** Where subnets come from when neither user nor operator name one. */
  readonly defaults: readonly AddressPool[];
  /** A network that is planned anew, and in nobody's way. */
  readonly except?: string | undefined;
  /** Its containers become neighbours of the host, in a subnet that the host has a route to. */
  readonly sharesRoutes?: boolean;
}

/** Finds addresses for networks that neither other networks nor routes of this host have. */
export class AddressChooser {
  readonly #parts: AddressChooserParts;
  readonly #uniqueLocal: AddressPool;

  constructor(parts: AddressChooserParts) {
    this.#parts = parts;
    this.#uniqueLocal = uniqueLocalPool(`${machineId()} ${parts.execRoot}`);
  }

  choose({ pools, families, defaults, except, sharesRoutes = false }: PoolRequest): IpamPool[] {
    const { kernel, table, group, defaultBridge } = this.#parts;
    const others = table.list().filter((network) => network.id !== except && !network.configOnly);
    // Routes of our own bridges are no obstacle, nor those of one that is being removed.
    const own = new Set(
      kernel
        .links()
        .filter((link) => link.group === group)
        .map((link) => link.name)
        .concat(defaultBridge),
    );
    return planPools(pools, families, {
      pools: [...(this.#parts.pools ?? defaults), this.#uniqueLocal],
      networks: others.flatMap(({ name, ipam }) => ipam.pools.map(({ subnet }) => ({ name, subnet }))),
      routes: kernel.routes().filter((route) => !own.has(route.link)),
      sharesRoutes,
    });
  }
}

/** Other machines' networks shall not have our addresses. Without an id the host's name has to do. */
function machineId(): string {
  try {
    return readFileSync("/etc/machine-id", "utf8").trim();
  } catch {
    return hostname();
  }
}
