import { readdirSync, readFileSync } from "node:fs";

/**
 * Memory (PSS, MiB) of an engine with its helpers: every process that names the engine's
 * folder on its command line. What runs inside containers does not.
 */
export function engineMemory(directory: string): number {
  let kilobytes = 0;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      if (!command.includes(directory) || Number(pid) === process.pid) continue;
      kilobytes += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0);
    } catch {
      // ended while we looked
    }
  }
  return kilobytes / 1024;
}
