import { readdirSync, readFileSync } from "node:fs";

/** Sends a signal; false when there is no such process. Signal 0 only asks. */
export function killProcess(pid: number, signal: number): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
}

/** Alive and not a zombie. */
export function isRunning(pid: number): boolean {
  const state = processState(pid);
  return state !== undefined && state !== "Z" && state !== "X";
}

function processState(pid: number): string | undefined {
  const text = readProc(pid, "stat");
  /* The name is in parentheses and may hold anything, parentheses too. */
  return text === undefined ? undefined : text.slice(text.lastIndexOf(")") + 2)[0];
}

export function commandLine(pid: number): string[] {
  return (readProc(pid, "cmdline") ?? "").split("\0").slice(0, -1);
}

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return undefined;
  }
}

/** All pids of the host, as this mount namespace's /proc shows them. */
export function allPids(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Hard limits of this process by their `--ulimit` names; a missing one is unlimited. */
export function ownHardLimits(): ReadonlyMap<string, number> {
  const rows: Readonly<Record<string, string>> = {
    "Max address space": "as",
    "Max core file size": "core",
    "Max cpu time": "cpu",
    "Max data size": "data",
    "Max file size": "fsize",
    "Max file locks": "locks",
    "Max locked memory": "memlock",
    "Max msgqueue size": "msgqueue",
    "Max nice priority": "nice",
    "Max open files": "nofile",
    "Max processes": "nproc",
    "Max resident set": "rss",
    "Max realtime priority": "rtprio",
    "Max realtime timeout": "rttime",
    "Max pending signals": "sigpending",
    "Max stack size": "stack",
  };
  const limits = new Map<string, number>();
  for (const line of readFileSync("/proc/self/limits", "utf8").split("\n")) {
    const name = rows[line.slice(0, 26).trim()];
    const hard = line.slice(47, 68).trim();
    if (name && hard !== "unlimited" && hard !== "") limits.set(name, Number(hard));
  }
  return limits;
}

export function ownOomScore(): number {
  return Number(readFileSync("/proc/self/oom_score_adj", "utf8"));
}
