import type { NetworkRecord } from "../records/network-record.ts";
import { bridgeOptions } from "./bridge-options.ts";
import { macvlanOptions } from "./macvlan-options.ts";

/** Interfaces of this host that a network stands on. */
export function hostLinksOf(network: NetworkRecord): string[] {
  if (network.driver === "bridge") return [bridgeOptions(network).bridge];
  return network.driver === "macvlan" ? [macvlanOptions(network).parent] : [];
}
