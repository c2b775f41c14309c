import { conflict, isKind, notImplemented } from "../../../errors/engine-error.ts";
import type { HostConfig } from "../../../records/container-config.ts";
import type { ContainerRecord } from "../../../records/container-record.ts";
import type { Draft } from "./draft.ts";
import type { HostAbilities } from "./host-abilities.ts";
import { checkResources } from "./resources.ts";
import { checkRestartPolicy } from "./restart.ts";

type Changes = Partial<HostConfig>;

/** Where 0, "" and null mean "leave it". A PidsLimit of 0 or -1 takes the limit away. */
const changeable = [
  "BlkioWeight",
  "BlkioWeightDevice",
  "BlkioDeviceReadBps",
  "BlkioDeviceWriteBps",
  "BlkioDeviceReadIOps",
  "BlkioDeviceWriteIOps",
  "CpuShares",
  "NanoCpus",
  "CpuPeriod",
  "CpuQuota",
  "CpuRealtimePeriod",
  "CpuRealtimeRuntime",
  "CpusetCpus",
  "CpusetMems",
  "Memory",
  "MemorySwap",
  "MemoryReservation",
  "PidsLimit",
] as const;

/** Clients send these along with the rest; a value that differs would be lost silently. */
const fixed = [
  "CgroupParent",
  "Devices",
  "DeviceCgroupRules",
  "DeviceRequests",
  "MemorySwappiness",
  "OomKillDisable",
  "Ulimits",
] as const;

/** What `docker update` makes of a container's host configuration. */
export function validateUpdate(
  record: ContainerRecord,
  changes: Changes,
  host: HostAbilities,
): { hostConfig: HostConfig; warnings: string[] } {
  const old = record.hostConfig;
  const draft: Draft = { hostConfig: { ...nothingAsked(old), ...given(changes) }, host, warnings: [] };
  if (changes.RestartPolicy !== undefined) checkRestartPolicy(changes.RestartPolicy);
  checkResources(draft, true);
  for (const key of fixed) refuseFixed(key, old, changes);
  try {
    return { hostConfig: merge(old, draft.hostConfig, changes), warnings: draft.warnings };
  } catch (error) {
    if (!isKind(error, "conflict")) throw error;
    throw conflict(`Cannot update container ${record.id}: ${error.message}`, error);
  }
}

/** The old configuration with every limit open: the wish is checked on its own, as Docker does. */
function nothingAsked(old: HostConfig): HostConfig {
  return {
    ...old,
    BlkioWeight: 0,
    BlkioWeightDevice: null,
    BlkioDeviceReadBps: null,
    BlkioDeviceWriteBps: null,
    BlkioDeviceReadIOps: null,
    BlkioDeviceWriteIOps: null,
    CpuShares: 0,
    NanoCpus: 0,
    CpuPeriod: 0,
    CpuQuota: 0,
    CpuRealtimePeriod: 0,
    CpuRealtimeRuntime: 0,
    CpusetCpus: "",
    CpusetMems: "",
    Memory: 0,
    MemorySwap: 0,
    MemoryReservation: 0,
    MemorySwappiness: null,
    OomKillDisable: null,
    PidsLimit: null,
  };
}

function given(changes: Changes): Changes {
  return Object.fromEntries(
    changeable.filter((key) => changes[key] !== undefined).map((key) => [key, changes[key]]),
  );
}

function refuseFixed(key: (typeof fixed)[number], old: HostConfig, changes: Changes): void {
  const value = changes[key] ?? null;
  const isOpen = value === null || value === "" || (Array.isArray(value) && value.length === 0);
  if (isOpen || value === false || (key === "MemorySwappiness" && value === -1)) return;
  if (JSON.stringify(value) === JSON.stringify(old[key])) return;
  throw notImplemented(`${key} of a container cannot be changed with update, create it anew`);
}

function merge(old: HostConfig, wish: HostConfig, changes: Changes): HostConfig {
  refuseCpuConflicts(old, wish);
  if (wish.Memory !== 0 && wish.MemorySwap === 0 && wish.Memory > old.MemorySwap) {
    throw conflict(
      "Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time",
    );
  }
  const kept = changeable.filter((key) => isChange(wish[key]));
  const limits: Changes = Object.fromEntries(kept.map((key) => [key, wish[key]]));
  const pids = wish.PidsLimit !== null && wish.PidsLimit <= 0 ? null : (wish.PidsLimit ?? old.PidsLimit);
  return { ...old, ...limits, PidsLimit: pids, RestartPolicy: newRestartPolicy(old, changes) };
}

const isChange = (value: unknown) => value !== undefined && value !== null && value !== 0 && value !== "";

/** `--cpus` is written as period and quota: whoever has the one cannot be given the other. */
function refuseCpuConflicts(old: HostConfig, wish: HostConfig): void {
  const conflicts = [
    [
      wish.NanoCpus > 0 && old.CpuPeriod > 0,
      "Nano CPUs cannot be updated as CPU Period has already been set",
    ],
    [wish.NanoCpus > 0 && old.CpuQuota > 0, "Nano CPUs cannot be updated as CPU Quota has already been set"],
    [wish.CpuPeriod > 0 && old.NanoCpus > 0, "CPU Period cannot be updated as NanoCPUs has already been set"],
    [wish.CpuQuota > 0 && old.NanoCpus > 0, "CPU Quota cannot be updated as NanoCPUs has already been set"],
  ] as const;
  for (const [isThere, words] of conflicts) {
    if (isThere) throw conflict(`Conflicting options: ${words}`);
  }
}

function newRestartPolicy(old: HostConfig, { RestartPolicy: policy }: Changes): HostConfig["RestartPolicy"] {
  if (policy === undefined || policy.Name === "") return old.RestartPolicy;
  if (old.AutoRemove && policy.Name !== "no") {
    throw conflict("Restart policy cannot be updated because AutoRemove is enabled for the container");
  }
  return policy;
}
