import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { rmdir } from "node:fs/promises";
import { join } from "node:path";
import { readControl } from "./files.ts";
import { cgroupDirectories, cgroupDirectory, cgroupHierarchy } from "./hierarchy.ts";

/** Pids in a cgroup and below it, host view. */
export function cgroupPids(path: string): number[] {
  const { version } = cgroupHierarchy();
  for (const controller of version === 2 ? [""] : ["pids", "memory", "devices", "freezer", "cpu"]) {
    const directory = cgroupDirectory(controller, path);
    if (directory && existsSync(directory)) return pidsBelow(directory);
  }
  return [];
}

function pidsBelow(directory: string): number[] {
  const own = readControl(directory, "cgroup.procs")
    .split("\n")
    .filter((line) => line !== "")
    .map(Number);
  return [...own, ...childrenOf(directory).flatMap(pidsBelow)];
}

function childrenOf(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(directory, entry.name));
  } catch {
    return [];
  }
}

/** Lets a cgroup have any number of processes. */
export function removePidsLimit(path: string): void {
  const directory = cgroupDirectory("pids", path);
  if (directory) writeFileSync(join(directory, "pids.max"), "max");
}

/** Where the kernel counts processes it killed for want of memory. */
export function oomCounterPath(path: string): string | undefined {
  const { version } = cgroupHierarchy();
  const directory = cgroupDirectory("memory", path);
  return directory && join(directory, version === 2 ? "memory.events" : "memory.oom_control");
}

/** The file whose pids are the container's own, for killing them. */
export function procsPath(path: string): string | undefined {
  const { version } = cgroupHierarchy();
  const directory = cgroupDirectory(version === 2 ? "" : "freezer", path) ?? cgroupDirectory("pids", path);
  return directory && join(directory, "cgroup.procs");
}

export type FreezerState = "frozen" | "thawed";

/** Freezes or thaws all of a cgroup, and returns once the kernel says so. False: the host has no freezer. */
export async function setFreezer(path: string, state: FreezerState): Promise<boolean> {
  const { version } = cgroupHierarchy();
  const directory = cgroupDirectory(version === 2 ? "" : "freezer", path);
  if (directory === undefined || !existsSync(directory)) return false;
  const reached = (): boolean => {
    if (version === 2) {
      return readControl(directory, "cgroup.events").includes(`frozen ${state === "frozen" ? 1 : 0}`);
    }
    return readControl(directory, "freezer.state").trim() === (state === "frozen" ? "FROZEN" : "THAWED");
  };
  const write = () => {
    if (version === 2) writeFileSync(join(directory, "cgroup.freeze"), state === "frozen" ? "1" : "0");
    else writeFileSync(join(directory, "freezer.state"), state === "frozen" ? "FROZEN" : "THAWED");
  };
  for (let attempt = 0; attempt < 500; attempt++) {
    /* A v1 freezer that caught a process in between stays FREEZING until it is told again. */
    if (attempt % 20 === 0) write();
    if (reached()) return true;
    await Bun.sleep(attempt < 20 ? 0 : 2);
  }
  if (state === "frozen") thaw(path);
  return false;
}

function thaw(path: string): void {
  const { version } = cgroupHierarchy();
  const directory = cgroupDirectory(version === 2 ? "" : "freezer", path);
  if (directory === undefined || !existsSync(directory)) return;
  if (version === 2) writeFileSync(join(directory, "cgroup.freeze"), "0");
  else writeFileSync(join(directory, "freezer.state"), "THAWED");
}

/** Kills everything in a cgroup and removes it from every hierarchy. False: something would not go. */
export async function removeCgroup(path: string): Promise<boolean> {
  const directories = cgroupDirectories(path).filter((directory) => existsSync(directory));
  for (let attempt = 0; attempt < 200; attempt++) {
    const left = await Promise.all(directories.map(removeTree));
    if (left.every((gone) => gone)) return true;
    for (const pid of directories.flatMap(pidsBelow)) killQuietly(pid);
    /* Frozen processes do not die before they are thawed; a runtime that was killed may have frozen them again. */
    if (attempt % 10 === 0) thaw(path);
    await Bun.sleep(attempt < 10 ? 1 : 10);
  }
  return false;
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    /* it went by itself */
  }
}

async function removeTree(directory: string): Promise<boolean> {
  const outcome = await rmdirOutcome(directory);
  if (outcome !== "busy") return outcome === "gone";
  for (const child of childrenOf(directory)) if (!(await removeTree(child))) return false;
  return (await rmdirOutcome(directory)) === "gone";
}

async function rmdirOutcome(directory: string): Promise<"gone" | "busy"> {
  try {
    await rmdir(directory);
    return "gone";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? "gone" : "busy";
  }
}
