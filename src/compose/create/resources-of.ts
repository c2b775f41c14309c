import type { HostConfig } from "../../protocol/generated/types.ts";
import type { Service } from "../model/service.ts";
import type { ThrottleDevice, Ulimit } from "../model/service-parts.ts";

/** Limits of processors, memory, processes and disks. What `deploy` says goes before the old attributes. */
export function resourcesOf(service: Service): HostConfig {
  const limits = service.deploy?.resources?.limits;
  const reservations = service.deploy?.resources?.reservations;
  const cpus = limits?.cpus || service.cpus || 0;
  const pids = limits?.pids !== undefined && limits.pids > 0 ? limits.pids : service.pids_limit;
  return {
    CgroupParent: service.cgroup_parent ?? "",
    Memory: limits?.memory || service.mem_limit || 0,
    MemoryReservation: reservations?.memory || service.mem_reservation || 0,
    MemorySwap: service.memswap_limit ?? 0,
    MemorySwappiness: service.mem_swappiness || null,
    OomKillDisable: service.oom_kill_disable ?? false,
    NanoCpus: nanoCpus(cpus),
    CpuCount: service.cpu_count ?? 0,
    CpuPercent: Math.trunc((service.cpu_percent ?? 0) * 100),
    CpuPeriod: service.cpu_period ?? 0,
    CpuQuota: service.cpu_quota ?? 0,
    CpuRealtimePeriod: service.cpu_rt_period ?? 0,
    CpuRealtimeRuntime: service.cpu_rt_runtime ?? 0,
    CpuShares: service.cpu_shares ?? 0,
    CpusetCpus: service.cpuset ?? "",
    PidsLimit: pids || null,
    Ulimits: ulimits(service.ulimits ?? {}),
    ...blockIo(service),
  };
}

/** Docker Compose keeps cores as a 32-bit number and cuts the rest off. */
const nanoCpus = (cores: number) => Math.trunc(Math.fround(Math.fround(cores) * 1e9));

function ulimits(wanted: Readonly<Record<string, Ulimit>>) {
  return Object.entries(wanted).map(([Name, { single = 0, soft, hard }]) => ({
    Name,
    Soft: soft || single,
    Hard: hard || single,
  }));
}

function blockIo({ blkio_config: wanted }: Service): HostConfig {
  if (!wanted) return {};
  return {
    BlkioWeight: wanted.weight ?? 0,
    BlkioWeightDevice: (wanted.weight_device ?? []).map(({ path, weight }) => ({
      Path: path,
      Weight: weight,
    })),
    BlkioDeviceReadBps: rates(wanted.device_read_bps),
    BlkioDeviceReadIOps: rates(wanted.device_read_iops),
    BlkioDeviceWriteBps: rates(wanted.device_write_bps),
    BlkioDeviceWriteIOps: rates(wanted.device_write_iops),
  };
}

const rates = (devices: readonly ThrottleDevice[] | undefined) =>
  (devices ?? []).map(({ path, rate }) => ({ Path: path, Rate: rate }));
