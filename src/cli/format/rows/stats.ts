import type { ContainerStatsResponse } from "../../../protocol/generated/types.ts";
import { binarySize, humanSize } from "../human-size.ts";
import { shortId } from "../shorten.ts";
import type { ListLayout, Row } from "../table.ts";

export const statsLayout: ListLayout = {
  columns:
    "{{.ID}}\\t{{.Name}}\\t{{.CPUPerc}}\\t{{.MemUsage}}\\t{{.MemPerc}}\\t{{.NetIO}}\\t{{.BlockIO}}\\t{{.PIDs}}",
  headers: {
    Container: "CONTAINER",
    ID: "CONTAINER ID",
    Name: "NAME",
    CPUPerc: "CPU %",
    MemUsage: "MEM USAGE / LIMIT",
    MemPerc: "MEM %",
    NetIO: "NET I/O",
    BlockIO: "BLOCK I/O",
    PIDs: "PIDS",
  },
  typeName: "*container.statsContext",
};

const unknown = "--";

/** Without an answer every number is `--`. */
export function statsRow(
  { container, stats }: { readonly container: string; readonly stats: ContainerStatsResponse | undefined },
  truncate: boolean,
): Row {
  const id = stats?.id ?? "";
  const name = (stats?.name ?? "").replace(/^\//, "");
  const row = { Container: container, ID: truncate ? shortId(id) : id, Name: name === "" ? unknown : name };
  if (!stats) {
    return {
      ...row,
      CPUPerc: unknown,
      MemUsage: `${unknown} / ${unknown}`,
      MemPerc: unknown,
      NetIO: unknown,
      BlockIO: unknown,
      PIDs: unknown,
    };
  }
  const used = memoryUsed(stats);
  const limit = stats.memory_stats?.limit ?? 0;
  const [received, sent] = networkBytes(stats);
  const [read, written] = blockBytes(stats);
  return {
    ...row,
    CPUPerc: percent(cpuShare(stats)),
    MemUsage: `${binarySize(used)} / ${binarySize(limit)}`,
    MemPerc: percent(limit === 0 ? 0 : used / limit),
    NetIO: `${humanSize(received)} / ${humanSize(sent)}`,
    BlockIO: `${humanSize(read)} / ${humanSize(written)}`,
    PIDs: String(stats.pids_stats?.current ?? 0),
  };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`;
}

/** Of one processor; two that are busy are 2. */
export function cpuShare({ cpu_stats: now, precpu_stats: before }: ContainerStatsResponse): number {
  const used = (now?.cpu_usage?.total_usage ?? 0) - (before?.cpu_usage?.total_usage ?? 0);
  const whole = (now?.system_cpu_usage ?? 0) - (before?.system_cpu_usage ?? 0);
  const processors = now?.online_cpus || (now?.cpu_usage?.percpu_usage ?? []).length;
  return used > 0 && whole > 0 ? (used / whole) * processors : 0;
}

/** Without the cache the kernel would give back first: named so on cgroup v1 and on v2. */
export function memoryUsed({ memory_stats: memory }: ContainerStatsResponse): number {
  const usage = memory?.usage ?? 0;
  const cache = memory?.stats?.total_inactive_file ?? memory?.stats?.inactive_file ?? 0;
  return cache < usage ? usage - cache : usage;
}

export function networkBytes({ networks }: ContainerStatsResponse): [received: number, sent: number] {
  const all = Object.values(networks ?? {});
  const sum = (key: "rx_bytes" | "tx_bytes") => all.reduce((total, one) => total + (one?.[key] ?? 0), 0);
  return [sum("rx_bytes"), sum("tx_bytes")];
}

export function blockBytes({ blkio_stats: block }: ContainerStatsResponse): [read: number, written: number] {
  const sum = (letter: string) =>
    (block?.io_service_bytes_recursive ?? [])
      .filter((entry) => entry?.op?.toLowerCase().startsWith(letter))
      .reduce((total, entry) => total + (entry?.value ?? 0), 0);
  return [sum("r"), sum("w")];
}
