import type { SpecDeviceRule, SpecResources, SpecThrottle } from "../../oci/runtime-spec.ts";
import type { ResourceLimits, ThrottleDevice } from "../../records/container-config.ts";

/** What the host's kernel can limit; asking a runtime for more makes it fail. */
export interface CgroupFeatures {
  readonly version: 1 | 2;
  readonly memory: boolean;
  readonly swap: boolean;
  readonly swappiness: boolean;
  readonly oomKillDisable: boolean;
  readonly cpuQuota: boolean;
  readonly cpuRealtime: boolean;
  readonly cpuset: boolean;
  readonly pids: boolean;
  readonly blkioWeight: boolean;
  readonly blkioWeightDevice: boolean;
  readonly blkioThrottle: boolean;
}

const quotaPeriod = 100_000;

/** The limits of a container, with Docker's words for those the kernel cannot keep. */
export function planResources(
  limits: ResourceLimits,
  devices: readonly SpecDeviceRule[],
  features: CgroupFeatures,
  deviceNumber: (path: string) => { major: number; minor: number },
  warn: (message: string) => void,
): SpecResources {
  const memory = planMemory(limits, features, warn);
  const cpu = planCpu(limits, features, warn);
  const blockIO = planBlockIO(limits, features, deviceNumber, warn);
  const pids = planPids(limits, features, warn);
  return {
    devices,
    ...(Object.keys(memory).length > 0 ? { memory } : {}),
    ...(Object.keys(cpu).length > 0 ? { cpu } : {}),
    ...(pids === undefined ? {} : { pids: { limit: pids } }),
    ...(Object.keys(blockIO).length > 0 ? { blockIO } : {}),
  };
}

type Memory = NonNullable<SpecResources["memory"]>;

function planMemory(
  limits: ResourceLimits,
  features: CgroupFeatures,
  warn: (message: string) => void,
): Memory {
  const { Memory, MemorySwap, MemoryReservation, MemorySwappiness, OomKillDisable } = limits;
  if (!features.memory) {
    if (Memory > 0 || MemoryReservation > 0) {
      warn(
        "Your kernel does not support memory limit capabilities or the cgroup is not mounted. Limitation discarded.",
      );
    }
    return {};
  }
  /* Docker's default: as much swap as memory, and the kernel counts both together. */
  const swap = MemorySwap === 0 && Memory > 0 ? Memory * 2 : MemorySwap;
  if (MemorySwap > 0 && !features.swap) {
    warn(
      "Your kernel does not support swap limit capabilities or the cgroup is not mounted. Memory limited without swap.",
    );
  }
  const swappiness = MemorySwappiness ?? -1;
  if (swappiness >= 0 && !features.swappiness) {
    warn(
      "Your kernel does not support memory swappiness capabilities or the cgroup is not mounted. Memory swappiness discarded.",
    );
  }
  if (OomKillDisable && !features.oomKillDisable) {
    warn("Your kernel does not support OomKillDisable. OomKillDisable discarded.");
  }
  return {
    ...(Memory > 0 ? { limit: Memory } : {}),
    ...(MemoryReservation > 0 ? { reservation: MemoryReservation } : {}),
    ...(swap !== 0 && features.swap ? { swap } : {}),
    ...(swappiness >= 0 && features.swappiness ? { swappiness } : {}),
    ...(OomKillDisable && features.oomKillDisable ? { disableOOMKiller: true } : {}),
  };
}

function planCpu(limits: ResourceLimits, features: CgroupFeatures, warn: (message: string) => void) {
  const { CpuShares, NanoCpus, CpuPeriod, CpuQuota, CpuRealtimePeriod, CpuRealtimeRuntime } = limits;
  const wantsQuota = NanoCpus > 0 || CpuPeriod > 0 || CpuQuota !== 0;
  if (wantsQuota && !features.cpuQuota) {
    warn("Your kernel does not support CPU CFS scheduler. CPU period/quota discarded.");
  }
  const wantsRealtime = CpuRealtimePeriod > 0 || CpuRealtimeRuntime > 0;
  if (wantsRealtime && !features.cpuRealtime) {
    warn("Your kernel does not support CPU real-time scheduler. CPU real-time period/runtime discarded.");
  }
  const wantsSet = limits.CpusetCpus !== "" || limits.CpusetMems !== "";
  if (wantsSet && !features.cpuset) {
    warn("Your kernel does not support cpuset or the cgroup is not mounted. Cpuset discarded.");
  }
  const period = NanoCpus > 0 ? quotaPeriod : CpuPeriod;
  const quota = NanoCpus > 0 ? Math.floor((NanoCpus * quotaPeriod) / 1e9) : CpuQuota;
  return {
    ...(CpuShares > 0 ? { shares: CpuShares } : {}),
    ...(features.cpuQuota && period > 0 ? { period } : {}),
    ...(features.cpuQuota && quota !== 0 ? { quota } : {}),
    ...(features.cpuRealtime && CpuRealtimePeriod > 0 ? { realtimePeriod: CpuRealtimePeriod } : {}),
    ...(features.cpuRealtime && CpuRealtimeRuntime > 0 ? { realtimeRuntime: CpuRealtimeRuntime } : {}),
    ...(features.cpuset && limits.CpusetCpus !== "" ? { cpus: limits.CpusetCpus } : {}),
    ...(features.cpuset && limits.CpusetMems !== "" ? { mems: limits.CpusetMems } : {}),
  };
}

function planPids(limits: ResourceLimits, features: CgroupFeatures, warn: (message: string) => void) {
  const limit = limits.PidsLimit ?? 0;
  if (limit === 0) return undefined;
  if (!features.pids) {
    if (limit > 0) {
      warn(
        "Your kernel does not support PIDs limit capabilities or the cgroup is not mounted. PIDs limit discarded.",
      );
    }
    return undefined;
  }
  return limit > 0 ? limit : -1;
}

function planBlockIO(
  limits: ResourceLimits,
  features: CgroupFeatures,
  deviceNumber: (path: string) => { major: number; minor: number },
  warn: (message: string) => void,
) {
  const weight = limits.BlkioWeight > 0;
  if (weight && !features.blkioWeight) {
    warn("Your kernel does not support Block I/O weight or the cgroup is not mounted. Weight discarded.");
  }
  const weightDevices = limits.BlkioWeightDevice ?? [];
  if (weightDevices.length > 0 && !features.blkioWeightDevice) {
    warn(
      "Your kernel does not support Block I/O weight_device or the cgroup is not mounted. Weight-device discarded.",
    );
  }
  const throttle = (what: string, list: readonly ThrottleDevice[] | null): readonly SpecThrottle[] => {
    if (!list || list.length === 0) return [];
    if (!features.blkioThrottle) {
      warn(`Your kernel does not support ${what} or the cgroup is not mounted. ${what} discarded.`);
      return [];
    }
    return list.map(({ Path, Rate }) => ({ ...deviceNumber(Path), rate: Rate }));
  };
  const readBps = throttle("BPS Block I/O read limit", limits.BlkioDeviceReadBps);
  const writeBps = throttle("BPS Block I/O write limit", limits.BlkioDeviceWriteBps);
  const readIops = throttle("IOPS Block read limit", limits.BlkioDeviceReadIOps);
  const writeIops = throttle("IOPS Block write limit", limits.BlkioDeviceWriteIOps);
  return {
    ...(weight && features.blkioWeight ? { weight: limits.BlkioWeight } : {}),
    ...(weightDevices.length > 0 && features.blkioWeightDevice
      ? { weightDevice: weightDevices.map(({ Path, Weight }) => ({ ...deviceNumber(Path), weight: Weight })) }
      : {}),
    ...(readBps.length > 0 ? { throttleReadBpsDevice: readBps } : {}),
    ...(writeBps.length > 0 ? { throttleWriteBpsDevice: writeBps } : {}),
    ...(readIops.length > 0 ? { throttleReadIOPSDevice: readIops } : {}),
    ...(writeIops.length > 0 ? { throttleWriteIOPSDevice: writeIops } : {}),
  };
}
