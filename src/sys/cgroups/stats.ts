import { readControl, readNumber, readTable } from "./files.ts";
import { cgroupDirectory, cgroupHierarchy } from "./hierarchy.ts";

export interface BlockIoEntry {
  readonly major: number;
  readonly minor: number;
  readonly op: string;
  readonly value: number;
}

export interface CgroupStats {
  readonly cpu: {
    readonly totalNs: number;
    readonly userNs: number;
    readonly systemNs: number;
    readonly perCpuNs?: readonly number[];
    readonly periods: number;
    readonly throttledPeriods: number;
    readonly throttledNs: number;
  };
  readonly memory: {
    readonly usage: number;
    readonly maxUsage?: number;
    /** 0: none. */
    readonly limit: number;
    readonly failcnt?: number;
    readonly detail: Readonly<Record<string, number>>;
  };
  readonly pids: { readonly current: number; readonly limit?: number };
  readonly blkio: {
    readonly serviceBytes: readonly BlockIoEntry[];
    readonly serviced: readonly BlockIoEntry[];
  };
  readonly cgroupVersion: 1 | 2;
}

export function cgroupStats(path: string): CgroupStats {
  return cgroupHierarchy().version === 1 ? statsV1(path) : statsV2(path);
}

/** v1 counts user and system time in ticks of 10 ms. */
const tickNs = 10_000_000;

/** v1 prints "no limit" as the highest multiple of the page size below 2^63; nothing real comes near. */
const noLimitV1 = 2 ** 62;

function statsV1(path: string): CgroupStats {
  const at = (controller: string) => cgroupDirectory(controller, path);
  const times = readTable(at("cpuacct"), "cpuacct.stat");
  const throttle = readTable(at("cpu"), "cpu.stat");
  const perCpu = readControl(at("cpuacct"), "cpuacct.usage_percpu").trim();
  const limit = readNumber(at("memory"), "memory.limit_in_bytes") ?? 0;
  return {
    cpu: {
      totalNs: readNumber(at("cpuacct"), "cpuacct.usage") ?? 0,
      userNs: (times.user ?? 0) * tickNs,
      systemNs: (times.system ?? 0) * tickNs,
      ...(perCpu === "" ? {} : { perCpuNs: perCpu.split(" ").map(Number) }),
      periods: throttle.nr_periods ?? 0,
      throttledPeriods: throttle.nr_throttled ?? 0,
      throttledNs: throttle.throttled_time ?? 0,
    },
    memory: {
      usage: readNumber(at("memory"), "memory.usage_in_bytes") ?? 0,
      maxUsage: readNumber(at("memory"), "memory.max_usage_in_bytes") ?? 0,
      limit: limit >= noLimitV1 ? 0 : limit,
      failcnt: readNumber(at("memory"), "memory.failcnt") ?? 0,
      detail: readTable(at("memory"), "memory.stat"),
    },
    pids: pidStats(at("pids")),
    blkio: {
      serviceBytes: blkioV1(at("blkio"), "io_service_bytes"),
      serviced: blkioV1(at("blkio"), "io_serviced"),
    },
    cgroupVersion: 1,
  };
}

function pidStats(directory: string | undefined): CgroupStats["pids"] {
  const limit = readNumber(directory, "pids.max");
  return {
    current: readNumber(directory, "pids.current") ?? 0,
    ...(limit === undefined ? {} : { limit }),
  };
}

/** The proportional-weight files when a scheduler fills them, else the throttling ones. */
function blkioV1(directory: string | undefined, what: string): BlockIoEntry[] {
  for (const file of [
    `blkio.bfq.${what}_recursive`,
    `blkio.${what}_recursive`,
    `blkio.throttle.${what}_recursive`,
  ]) {
    const entries = parseBlkio(readControl(directory, file));
    if (entries.length > 0) return entries;
  }
  return parseBlkio(readControl(directory, `blkio.throttle.${what}`));
}

/** `8:0 Read 4096`, closed by a `Total` without a device. */
export function parseBlkio(text: string): BlockIoEntry[] {
  const entries: BlockIoEntry[] = [];
  for (const line of text.split("\n")) {
    const match = /^(\d+):(\d+) (\w+) (\d+)$/.exec(line);
    if (match) {
      entries.push({
        major: Number(match[1]),
        minor: Number(match[2]),
        op: match[3] ?? "",
        value: Number(match[4]),
      });
    }
  }
  return entries;
}

function statsV2(path: string): CgroupStats {
  const directory = cgroupDirectory("", path);
  const cpu = readTable(directory, "cpu.stat");
  const events = readTable(directory, "memory.events");
  const io = readControl(directory, "io.stat");
  const peak = readNumber(directory, "memory.peak");
  return {
    cpu: {
      totalNs: (cpu.usage_usec ?? 0) * 1000,
      userNs: (cpu.user_usec ?? 0) * 1000,
      systemNs: (cpu.system_usec ?? 0) * 1000,
      periods: cpu.nr_periods ?? 0,
      throttledPeriods: cpu.nr_throttled ?? 0,
      throttledNs: (cpu.throttled_usec ?? 0) * 1000,
    },
    memory: {
      usage: readNumber(directory, "memory.current") ?? 0,
      ...(peak === undefined ? {} : { maxUsage: peak }),
      limit: readNumber(directory, "memory.max") ?? 0,
      failcnt: events.oom ?? 0,
      detail: readTable(directory, "memory.stat"),
    },
    pids: pidStats(directory),
    blkio: {
      serviceBytes: parseIoStat(io, { rbytes: "read", wbytes: "write" }),
      serviced: parseIoStat(io, { rios: "read", wios: "write" }),
    },
    cgroupVersion: 2,
  };
}

/** `8:0 rbytes=1 wbytes=2 rios=3 wios=4 …` */
export function parseIoStat(text: string, wanted: Readonly<Record<string, string>>): BlockIoEntry[] {
  const entries: BlockIoEntry[] = [];
  for (const line of text.split("\n")) {
    const [device = "", ...fields] = line.split(" ");
    const [major, minor] = device.split(":");
    if (major === undefined || minor === undefined) continue;
    for (const field of fields) {
      const [name = "", value] = field.split("=");
      const op = wanted[name];
      if (op) entries.push({ major: Number(major), minor: Number(minor), op, value: Number(value) });
    }
  }
  return entries;
}
