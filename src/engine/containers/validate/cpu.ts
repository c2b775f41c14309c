import { type Draft, refuse } from "./draft.ts";

/** CPU shares, quota, real time and CPU sets. */
export function checkCpu({ hostConfig: wish, host, warnings }: Draft): void {
  const { limits } = host;
  checkRealtime(wish, limits.cpuRealtime);
  if (wish.CpuShares < 0) {
    throw refuse(`invalid CPU shares (${wish.CpuShares}): value must be a positive integer`);
  }
  checkNanoCpus(wish, host);
  if (wish.CpuShares > 0 && !limits.cpuShares) {
    warnings.push("Your kernel does not support CPU shares or the cgroup is not mounted. Shares discarded.");
    wish.CpuShares = 0;
  }
  checkQuota(wish, limits.cpuCfs, warnings);
  checkSets(wish, host, warnings);
}

type Wish = Draft["hostConfig"];

function checkRealtime(wish: Wish, supported: boolean): void {
  const { CpuRealtimePeriod: period, CpuRealtimeRuntime: runtime } = wish;
  if ((period !== 0 || runtime !== 0) && !supported) {
    throw refuse("kernel does not support CPU real-time scheduler");
  }
  if (period !== 0 && runtime > period) {
    throw refuse("cpu real-time runtime cannot be higher than cpu real-time period");
  }
}

function checkNanoCpus(wish: Wish, { cpus, limits }: Draft["host"]): void {
  if (wish.NanoCpus > 0 && wish.CpuPeriod > 0) {
    throw refuse("Conflicting options: Nano CPUs and CPU Period cannot both be set");
  }
  if (wish.NanoCpus > 0 && wish.CpuQuota > 0) {
    throw refuse("Conflicting options: Nano CPUs and CPU Quota cannot both be set");
  }
  if (wish.NanoCpus > 0 && !limits.cpuCfs) {
    throw refuse(
      "NanoCPUs can not be set, as your kernel does not support CPU CFS scheduler or the cgroup is not mounted",
    );
  }
  if (wish.NanoCpus < 0 || wish.NanoCpus > cpus * 1e9) {
    throw refuse(`range of CPUs is from 0.01 to ${cpus}.00, as there are only ${cpus} CPUs available`);
  }
}

function checkQuota(wish: Wish, supported: boolean, warnings: string[]): void {
  if ((wish.CpuPeriod !== 0 || wish.CpuQuota !== 0) && !supported) {
    warnings.push("Your kernel does not support CPU CFS scheduler. CPU period/quota discarded.");
    wish.CpuPeriod = 0;
    wish.CpuQuota = 0;
  }
  if (wish.CpuPeriod !== 0 && (wish.CpuPeriod < 1000 || wish.CpuPeriod > 1_000_000)) {
    throw refuse("CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)");
  }
  if (wish.CpuQuota > 0 && wish.CpuQuota < 1000) {
    throw refuse("CPU cfs quota can not be less than 1ms (i.e. 1000)");
  }
}

function checkSets(wish: Wish, { limits, cpusetCpus, cpusetMems }: Draft["host"], warnings: string[]): void {
  if ((wish.CpusetCpus !== "" || wish.CpusetMems !== "") && !limits.cpuset) {
    warnings.push("Your kernel does not support cpuset or the cgroup is not mounted. Cpuset discarded.");
    wish.CpusetCpus = "";
    wish.CpusetMems = "";
  }
  if (!isSubset("cpus", wish.CpusetCpus, cpusetCpus)) {
    throw refuse(`Requested CPUs are not available - requested ${wish.CpusetCpus}, available: ${cpusetCpus}`);
  }
  if (!isSubset("mems", wish.CpusetMems, cpusetMems)) {
    throw refuse(
      `Requested memory nodes are not available - requested ${wish.CpusetMems}, available: ${cpusetMems}`,
    );
  }
}

function isSubset(what: "cpus" | "mems", wanted: string, available: string): boolean {
  const numbers = parseCpuList(wanted);
  if (numbers === undefined)
    throw refuse(`Invalid value ${wanted} for cpuset ${what}: invalid format: ${wanted}`);
  const there = parseCpuList(available) ?? new Set();
  return [...numbers].every((number) => there.has(number));
}

/** More CPUs than any kernel knows: keeps a hostile range from filling memory. */
const highest = 8192;

/** `0-2,7` as a set; undefined for anything else. */
export function parseCpuList(text: string): Set<number> | undefined {
  const numbers = new Set<number>();
  if (text.trim() === "") return numbers;
  for (const part of text.split(",")) {
    const [, first, last = first] = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(part) ?? [];
    if (first === undefined || Number(last) < Number(first) || Number(last) > highest) return undefined;
    for (let number = Number(first); number <= Number(last); number++) numbers.add(number);
  }
  return numbers;
}
