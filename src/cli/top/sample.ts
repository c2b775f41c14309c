import type { ContainerStatsResponse } from "../../protocol/generated/types.ts";

/** Counters of a container at one moment. */
export interface Counters {
  /** Milliseconds. */
  readonly time: number;
  /** Nanoseconds of processor time. */
  readonly cpu: number;
  readonly memory: number;
  readonly memoryLimit: number;
  readonly received: number;
  readonly sent: number;
  readonly read: number;
  readonly written: number;
  readonly pids: number;
}

/** What is shown: speeds instead of counters. */
export interface Usage {
  /** 100 is one processor. Undefined until there are two moments to compare. */
  readonly cpu: number | undefined;
  readonly memory: number;
  readonly memoryLimit: number;
  /** Bytes a second. */
  readonly received: number | undefined;
  readonly sent: number | undefined;
  readonly read: number | undefined;
  readonly written: number | undefined;
  readonly pids: number;
}

/** Undefined for a container that does not run: its counters are empty. */
export function countersOf(stats: ContainerStatsResponse): Counters | undefined {
  const time = Date.parse(stats.read ?? "");
  if (Number.isNaN(time) || !stats.pids_stats?.current) return undefined;
  const networks = Object.values(stats.networks ?? {});
  const io = stats.blkio_stats?.io_service_bytes_recursive ?? [];
  const bytes = (op: string) =>
    io
      .filter((entry) => entry?.op?.toLowerCase() === op)
      .reduce((sum, entry) => sum + (entry?.value ?? 0), 0);
  return {
    time,
    cpu: stats.cpu_stats?.cpu_usage?.total_usage ?? 0,
    memory: memoryOf(stats),
    memoryLimit: stats.memory_stats?.limit ?? 0,
    received: networks.reduce((sum, one) => sum + (one?.rx_bytes ?? 0), 0),
    sent: networks.reduce((sum, one) => sum + (one?.tx_bytes ?? 0), 0),
    read: bytes("read"),
    written: bytes("write"),
    pids: stats.pids_stats.current,
  };
}

/** Without the page cache that goes when somebody needs it: as `docker stats` counts. */
function memoryOf({ memory_stats: memory }: ContainerStatsResponse): number {
  const usage = memory?.usage ?? 0;
  const cache = memory?.stats?.total_inactive_file ?? memory?.stats?.inactive_file ?? 0;
  return cache < usage ? usage - cache : usage;
}

/** Counters fall back to zero when a container starts again: then nothing is known yet. */
export function usageOf(now: Counters, before: Counters | undefined): Usage {
  const seconds = before ? (now.time - before.time) / 1000 : 0;
  const speed = (counter: "cpu" | "received" | "sent" | "read" | "written") => {
    const grown = before ? now[counter] - before[counter] : -1;
    return seconds > 0 && grown >= 0 ? grown / seconds : undefined;
  };
  const cpu = speed("cpu");
  return {
    cpu: cpu === undefined ? undefined : cpu / 1e7,
    memory: now.memory,
    memoryLimit: now.memoryLimit,
    received: speed("received"),
    sent: speed("sent"),
    read: speed("read"),
    written: speed("written"),
    pids: now.pids,
  };
}
