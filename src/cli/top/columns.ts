import { binarySize } from "../format/human-size.ts";
import type { Style } from "../terminal/colours.ts";
import type { SortKey, TopRow } from "./rows.ts";

export interface Column {
  readonly title: string;
  readonly width: number;
  readonly align?: "right";
  readonly sort?: SortKey;
  /** Columns with the smallest numbers stay when the window is narrow. */
  readonly rank: number;
  text(row: TopRow, now: number): string;
  styles?(row: TopRow): Style[];
}

const rate = (bytes: number | undefined) => (bytes === undefined ? "" : bytes < 1 ? "0" : shortSize(bytes));

/** `1.2M`: five columns at most. */
export function shortSize(bytes: number): string {
  const units = ["B", "K", "M", "G", "T"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value < 9.95 && unit > 0 ? value.toFixed(1) : Math.round(value)}${units[unit]}`;
}

/** `3d 4h`, `2h 05m`, `12m`, `40s`. */
export function uptime(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const [minutes, hours, days] = [
    Math.floor(seconds / 60),
    Math.floor(seconds / 3600),
    Math.floor(seconds / 86_400),
  ];
  if (days >= 100) return `${days}d`;
  if (days > 0) return `${days}d ${hours % 24}h`;
  if (hours > 0) return `${hours}h ${String(minutes % 60).padStart(2, "0")}m`;
  return minutes > 0 ? `${minutes}m ${String(seconds % 60).padStart(2, "0")}s` : `${seconds}s`;
}

/** A limit at least as large as the machine's memory is none. */
export function columnsFor(machineMemory: number): Column[] {
  const limited = ({ usage }: TopRow) =>
    usage && usage.memoryLimit > 0 && (machineMemory === 0 || usage.memoryLimit < machineMemory * 0.999);
  const share = (row: TopRow) => (limited(row) && row.usage ? row.usage.memory / row.usage.memoryLimit : 0);
  return [
    { title: "STATE", width: 10, sort: "state", rank: 3, text: stateText, styles: stateStyles },
    {
      title: "CPU%",
      width: 6,
      align: "right",
      sort: "cpu",
      rank: 1,
      text: ({ usage }) => (usage?.cpu === undefined ? "" : usage.cpu.toFixed(1)),
      styles: ({ usage }) => ((usage?.cpu ?? 0) >= 90 ? ["red"] : (usage?.cpu ?? 0) >= 50 ? ["yellow"] : []),
    },
    {
      title: "MEMORY",
      width: 8,
      align: "right",
      sort: "memory",
      rank: 2,
      text: ({ usage }) => (usage ? binarySize(usage.memory, 3) : ""),
    },
    {
      title: "LIMIT",
      width: 8,
      align: "right",
      rank: 9,
      text: (row) => (limited(row) && row.usage ? binarySize(row.usage.memoryLimit, 3) : ""),
    },
    {
      title: "MEM%",
      width: 4,
      align: "right",
      rank: 6,
      text: (row) => (limited(row) ? `${Math.round(share(row) * 100)}%` : ""),
      styles: (row) => (share(row) >= 0.95 ? ["red"] : share(row) >= 0.8 ? ["yellow"] : []),
    },
    {
      title: "RX/s",
      width: 5,
      align: "right",
      sort: "network",
      rank: 5,
      text: ({ usage }) => rate(usage?.received),
    },
    {
      title: "TX/s",
      width: 5,
      align: "right",
      sort: "network",
      rank: 5,
      text: ({ usage }) => rate(usage?.sent),
    },
    {
      title: "RD/s",
      width: 5,
      align: "right",
      sort: "disk",
      rank: 7,
      text: ({ usage }) => rate(usage?.read),
    },
    {
      title: "WR/s",
      width: 5,
      align: "right",
      sort: "disk",
      rank: 7,
      text: ({ usage }) => rate(usage?.written),
    },
    {
      title: "PIDS",
      width: 4,
      align: "right",
      sort: "pids",
      rank: 8,
      text: ({ usage }) => (usage ? String(usage.pids) : ""),
    },
    {
      title: "RST",
      width: 3,
      align: "right",
      sort: "restarts",
      rank: 10,
      text: ({ restarts }) => (restarts > 0 ? String(restarts) : ""),
      styles: ({ restarts }) => (restarts > 0 ? ["yellow"] : []),
    },
    {
      title: "UP",
      width: 7,
      align: "right",
      sort: "uptime",
      rank: 4,
      text: ({ startedAt }, now) => (startedAt === undefined ? "" : uptime(now - startedAt)),
    },
    { title: "PORTS", width: 26, rank: 11, text: ({ ports }) => ports },
    { title: "IMAGE", width: 24, rank: 12, text: ({ image }) => image, styles: () => ["dim"] },
  ];
}

function stateText({ state, health }: TopRow): string {
  return health !== "" && state === "running" ? health : state;
}

function stateStyles({ state, health }: TopRow): Style[] {
  if (state === "running")
    return health === "unhealthy" ? ["red"] : health === "starting" ? ["yellow"] : ["green"];
  return state === "restarting" ? ["red"] : state === "paused" ? ["yellow"] : ["dim"];
}

const leastName = 16;
const mostName = 40;

/** The columns a window has room for, and as much of what is left for the name as it needs. */
export function fittingColumns(
  columns: readonly Column[],
  width: number,
  longestName: number,
): { columns: Column[]; name: number } {
  const byRank = columns.toSorted((a, b) => a.rank - b.rank);
  const kept = new Set<Column>();
  let left = width - leastName - 1;
  for (const column of byRank) {
    if (column.width + 2 > left) break;
    left -= column.width + 2;
    kept.add(column);
  }
  return {
    columns: columns.filter((column) => kept.has(column)),
    name: Math.min(Math.max(leastName, longestName), mostName, leastName + Math.max(0, left)),
  };
}
