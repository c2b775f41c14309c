import type { NetworkRecord } from "../records/network-record.ts";
import { bridgeOptions } from "./bridge-options.ts";
import { macvlanOptions } from "./macvlan-options.ts";

/** Interfaces of this host that a network stands on. */
export function hostLinksOf(network: NetworkRecord): string[] {
  if (network.driver === "bridge") return [bridgeOptions(network).bridge];
  if (network.driver !== "macvlan") return [];
  const { parent } = macvlanOptions(network);
  // Where the kernel has no dummy links it is one end of a pair.
  return [...new Set([parent, parent.replace(/^dm-/, "dx-")])];
}
