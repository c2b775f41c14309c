import { invalidArgument, notFound } from "../../errors/engine-error.ts";
import type { NetworkRecord } from "../../records/network-record.ts";
import type { EngineContext } from "../context.ts";

export function networkOf(context: EngineContext, nameOrId: string): NetworkRecord {
  const network = findNetwork(context, nameOrId);
  if (!network) throw notFound(`network ${nameOrId} not found`);
  return network;
}

/** By name, id or unique prefix of an id; `default` is the default bridge. */
export function findNetwork(context: EngineContext, nameOrId: string): NetworkRecord | undefined {
  const wanted = nameOrId === "default" ? "bridge" : nameOrId;
  const all = context.records.networks.list();
  const exact = all.find((network) => network.name === wanted || network.id === wanted);
  if (exact) return exact;
  const matches = wanted === "" ? [] : all.filter((network) => network.id.startsWith(wanted));
  if (matches.length > 1) {
    throw invalidArgument(
      `network ${wanted} is ambiguous (${matches.length} matches found based on ID prefix)`,
    );
  }
  return matches[0];
}
