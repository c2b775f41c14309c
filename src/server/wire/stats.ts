import type { StatsSample } from "../../engine/services/containers.ts";
import type { ContainerCPUStats, ContainerStatsResponse } from "../../protocol/generated/types.ts";
import { zeroTime } from "./zero-time.ts";

type TaskStats = NonNullable<StatsSample["stats"]>;
type BlkioEntry = TaskStats["blkio"]["serviceBytes"][number];

/** One message of `stats`: this sample, with the processor times of the one before. */
export function wireStats(sample: StatsSample, before: StatsSample | undefined): ContainerStatsResponse {
  const { container, stats } = sample;
  return {
    name: `/${container.name}`,
    id: container.id,
    read: stats?.read ?? zeroTime,
    preread: before?.stats?.read ?? zeroTime,
    pids_stats: stats
      ? { current: stats.pids.current, ...(stats.pids.limit !== undefined && { limit: stats.pids.limit }) }
      : {},
    blkio_stats: blkio(stats),
    num_procs: 0,
    storage_stats: {},
    cpu_stats: cpu(sample),
    precpu_stats: before ? cpu(before) : noCpu(),
    memory_stats: stats ? memory(stats.memory) : {},
    ...(stats && Object.keys(sample.networks).length > 0 && { networks: interfaces(sample.networks) }),
  };
}

const noCpu = () => ({
  cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 },
  throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
});

function cpu({ stats, systemCpuNs, onlineCpus }: StatsSample): NonNullable<ContainerCPUStats> {
  if (!stats) return noCpu();
  const usage = stats.cpu;
  return {
    cpu_usage: {
      total_usage: usage.totalNs,
      ...(usage.perCpuNs && { percpu_usage: [...usage.perCpuNs] }),
      usage_in_kernelmode: usage.systemNs,
      usage_in_usermode: usage.userNs,
    },
    system_cpu_usage: systemCpuNs,
    online_cpus: onlineCpus,
    throttling_data: {
      periods: usage.periods,
      throttled_periods: usage.throttledPeriods,
      throttled_time: usage.throttledNs,
    },
  };
}

function memory(use: TaskStats["memory"]) {
  return {
    usage: use.usage,
    ...(use.maxUsage !== undefined && { max_usage: use.maxUsage }),
    stats: { ...use.detail },
    ...(use.failcnt !== undefined && { failcnt: use.failcnt }),
    limit: use.limit,
  };
}

function blkio(stats: TaskStats | undefined) {
  const absent = stats?.cgroupVersion === 2 || !stats ? null : [];
  const list = (entries: readonly BlkioEntry[] | undefined) =>
    entries && (entries.length > 0 || absent !== null)
      ? entries.map(({ major, minor, op, value }) => ({ major, minor, op, value }))
      : absent;
  return {
    io_service_bytes_recursive: list(stats?.blkio.serviceBytes),
    io_serviced_recursive: list(stats?.blkio.serviced),
    io_queue_recursive: absent,
    io_service_time_recursive: absent,
    io_wait_time_recursive: absent,
    io_merged_recursive: absent,
    io_time_recursive: absent,
    sectors_recursive: absent,
  };
}

function interfaces(networks: StatsSample["networks"]) {
  return Object.fromEntries(
    Object.entries(networks).map(([name, counters]) => [
      name,
      {
        rx_bytes: counters.rxBytes,
        rx_packets: counters.rxPackets,
        rx_errors: counters.rxErrors,
        rx_dropped: counters.rxDropped,
        tx_bytes: counters.txBytes,
        tx_packets: counters.txPackets,
        tx_errors: counters.txErrors,
        tx_dropped: counters.txDropped,
      },
    ]),
  );
}
