import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cgroupHierarchy } from "./hierarchy.ts";

let target: string | undefined;
let warming = false;

/**
 * The first process that is put into a cgroup after an idle spell waits for a grace
 * period of the kernel, some 8 ms; those that follow soon do not. This takes that wait
 * while a runtime is only being started: it puts the engine into the cgroup it is in,
 * on a thread of the pool. It changes nothing, and its failure means nothing.
 */
export function warmUpCgroups(): void {
  if (warming) return;
  target ??= ownProcsFile();
  warming = true;
  const done = () => {
    warming = false;
  };
  void writeFile(target, String(process.pid)).then(done, done);
}

function ownProcsFile(): string {
  const { version, mounts } = cgroupHierarchy();
  const controller = version === 2 ? "" : "pids";
  const memberships = readFileSync("/proc/self/cgroup", "utf8");
  const path = new RegExp(`^\\d+:${controller}:(.*)$`, "m").exec(memberships)?.[1] ?? "/";
  return join(mounts.get(controller) ?? "/sys/fs/cgroup", path, "cgroup.procs");
}
