import { invalidArgument } from "../../../errors/engine-error.ts";
import { booleanFlag, type Flag, type FlagValues, integerFlag, stringFlag } from "../flag.ts";
import { cut } from "./csv-fields.ts";
import { bytesFlag, cpusFlag, swapFlag } from "./number-flags.ts";

export interface Ulimit {
  readonly Name: string;
  readonly Hard: number;
  readonly Soft: number;
}

const ulimitNames = [
  ...["core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss"],
  ...["rtprio", "rttime", "sigpending", "stack"],
];

function parseLimit(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) {
    throw invalidArgument(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
  return Number(text);
}

/** `nofile=SOFT[:HARD]`; -1 is without limit. */
export function parseUlimit(text: string): Ulimit {
  const [name, value] = cut(text, "=");
  if (value === undefined) throw invalidArgument(`invalid ulimit argument: ${text}`);
  if (!ulimitNames.includes(name)) throw invalidArgument(`invalid ulimit type: ${name}`);
  const parts = value.split(":");
  if (parts.length > 2) {
    throw invalidArgument(
      `too many limit value arguments - ${value}, can only have up to two, \`soft[:hard]\``,
    );
  }
  const soft = parseLimit(parts[0] ?? "");
  const hard = parts[1] === undefined ? soft : parseLimit(parts[1]);
  if (hard !== -1) {
    const rule = "ulimit soft limit must be less than or equal to hard limit:";
    if (soft === -1) throw invalidArgument(`${rule} soft: -1 (unlimited), hard: ${hard}`);
    if (soft > hard) throw invalidArgument(`${rule} ${soft} > ${hard}`);
  }
  return { Name: name, Hard: hard, Soft: soft };
}

/** The last of a name wins. */
function ulimitFlag(help: string): Flag<ReadonlyMap<string, Ulimit>> {
  return {
    placeholder: "ulimit",
    defaultText: "[]",
    help,
    initial: new Map(),
    add: (current, text) => {
      const limit = parseUlimit(text);
      return new Map([...current, [limit.Name, limit]]);
    },
  };
}

export const resourceFlags = {
  "cpu-period": integerFlag("Limit CPU CFS (Completely Fair Scheduler) period"),
  "cpu-quota": integerFlag("Limit CPU CFS (Completely Fair Scheduler) quota"),
  "cpu-rt-period": integerFlag("Limit CPU real-time period in microseconds"),
  "cpu-rt-runtime": integerFlag("Limit CPU real-time runtime in microseconds"),
  "cpu-shares": integerFlag("CPU shares (relative weight)", { short: "c" }),
  cpus: cpusFlag("Number of CPUs"),
  "cpuset-cpus": stringFlag("CPUs in which to allow execution (0-3, 0,1)"),
  "cpuset-mems": stringFlag("MEMs in which to allow execution (0-3, 0,1)"),
  "kernel-memory": bytesFlag("Kernel memory limit"),
  memory: bytesFlag("Memory limit", { short: "m" }),
  "memory-reservation": bytesFlag("Memory soft limit"),
  "memory-swap": swapFlag("Swap limit equal to memory plus swap: '-1' to enable unlimited swap"),
  "memory-swappiness": integerFlag("Tune container memory swappiness (0 to 100)", { initial: -1 }),
  "oom-kill-disable": booleanFlag("Disable OOM Killer"),
  "oom-score-adj": integerFlag("Tune host's OOM preferences (-1000 to 1000)"),
  "pids-limit": integerFlag("Tune container pids limit (set -1 for unlimited)"),
  "shm-size": bytesFlag("Size of /dev/shm"),
  ulimit: ulimitFlag("Ulimit options"),
};

export function resourcesOf(values: FlagValues<typeof resourceFlags>) {
  const swappiness = values["memory-swappiness"];
  if (swappiness !== -1 && (swappiness < 0 || swappiness > 100)) {
    throw invalidArgument(`invalid value: ${swappiness}. Valid memory swappiness range is 0-100`);
  }
  return {
    OomScoreAdj: values["oom-score-adj"],
    ShmSize: values["shm-size"],
    CpuShares: values["cpu-shares"],
    Memory: values.memory,
    NanoCpus: values.cpus,
    CpuPeriod: values["cpu-period"],
    CpuQuota: values["cpu-quota"],
    CpuRealtimePeriod: values["cpu-rt-period"],
    CpuRealtimeRuntime: values["cpu-rt-runtime"],
    CpusetCpus: values["cpuset-cpus"],
    CpusetMems: values["cpuset-mems"],
    MemoryReservation: values["memory-reservation"],
    MemorySwap: values["memory-swap"],
    MemorySwappiness: swappiness,
    OomKillDisable: values["oom-kill-disable"],
    PidsLimit: values["pids-limit"],
    Ulimits: [...values.ulimit.values()].sort((a, b) => (a.Name < b.Name ? -1 : 1)),
  };
}
