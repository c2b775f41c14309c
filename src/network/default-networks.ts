import { isKind } from "../errors/engine-error.ts";
import { formatSubnet, parseSubnet } from "../lib/ip.ts";
import type { IpamPool, NetworkRecord } from "../records/network-record.ts";
import { optionNames } from "./bridge-options.ts";
import { randomId } from "./interface-plan.ts";

export interface DefaultNetworkSettings {
  readonly bridgeName: string;
  readonly bip?: string;
  readonly mtu?: number;
  readonly defaultPublishAddress?: string;
  /** Address with prefix of an interface of that name that the user made. */
  readonly existing: string | undefined;
  readonly addressesInUse: (networkId: string) => number;
  readonly choose: (requested: readonly IpamPool[], except: string | undefined) => IpamPool[];
}

export interface DefaultNetworkChange {
  readonly remove?: NetworkRecord;
  readonly insert?: NetworkRecord;
  readonly say?: string;
}

/** What must change in the records so that `bridge`, `host` and `none` are there as configured. */
export function defaultNetworks(
  records: readonly NetworkRecord[],
  settings: DefaultNetworkSettings,
): DefaultNetworkChange[] {
  const changes: DefaultNetworkChange[] = [bridgeChange(records, settings)];
  for (const [name, driver] of [
    ["host", "host"],
    ["none", "null"],
  ] as const) {
    if (!records.some((record) => record.name === name)) {
      changes.push({ insert: record(name, driver, [], {}) });
    }
  }
  return changes.filter((change) => change.insert || change.remove || change.say);
}

function bridgeChange(
  records: readonly NetworkRecord[],
  settings: DefaultNetworkSettings,
): DefaultNetworkChange {
  const before = records.find((one) => one.name === "bridge");
  if (settings.bridgeName === "none") return before ? { remove: before } : {};
  const isBusy = before !== undefined && settings.addressesInUse(before.id) > 0;
  const pools = wantedPools(before, isBusy, settings);
  const wanted = {
    ...record("bridge", "bridge", pools, bridgeRecordOptions(settings)),
    ...(before ? { id: before.id, created: before.created } : {}),
  };
  if (before && settingsOf(before) === settingsOf(wanted)) return {};
  if (isBusy) {
    return {
      say: "the new settings of the default bridge take effect at a start without running containers on it",
    };
  }
  return before ? { remove: before, insert: wanted } : { insert: wanted };
}

/** The configured subnet, else the one of before while it is still free, else a free one. */
function wantedPools(
  before: NetworkRecord | undefined,
  isBusy: boolean,
  settings: DefaultNetworkSettings,
): readonly IpamPool[] {
  const fixed = settings.bip || settings.existing;
  if (fixed) {
    const [gateway = ""] = fixed.split("/");
    return settings.choose([{ subnet: networkOf(fixed), gateway }], before?.id);
  }
  if (!before) return settings.choose([], undefined);
  if (isBusy) return before.ipam.pools;
  try {
    return settings.choose(before.ipam.pools, before.id);
  } catch (error) {
    if (!isKind(error, "forbidden")) throw error;
    return settings.choose([], before.id);
  }
}

/** Pools and options in one order, whatever order they were stored in. */
function settingsOf(network: NetworkRecord): string {
  const pools = network.ipam.pools.map((pool) => [pool.subnet, pool.gateway, pool.ipRange]);
  return JSON.stringify([pools, Object.entries(network.options).sort()]);
}

const networkOf = (address: string): string => formatSubnet(parseSubnet(address));

function bridgeRecordOptions(settings: DefaultNetworkSettings): Record<string, string> {
  return {
    [optionNames.defaultBridge]: "true",
    [optionNames.icc]: "true",
    [optionNames.masquerade]: "true",
    [optionNames.hostBinding]: settings.defaultPublishAddress || "0.0.0.0",
    [optionNames.name]: settings.bridgeName,
    [optionNames.mtu]: String(settings.mtu ?? 1500),
  };
}

function record(
  name: string,
  driver: string,
  pools: readonly IpamPool[],
  options: Readonly<Record<string, string>>,
): NetworkRecord {
  return {
    id: randomId(),
    name,
    created: new Date().toISOString(),
    driver,
    scope: "local",
    internal: false,
    attachable: false,
    enableIpv4: true,
    enableIpv6: false,
    ipam: { driver: "default", options: {}, pools },
    options,
    labels: {},
  };
}
