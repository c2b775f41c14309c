import { readdirSync, readFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { cpus, release, totalmem } from "node:os";

/** Facts about this machine, as `info` and percentages need them. */

const clockTicksPerSecond = 100;

/** CPU time of all processors since boot, idle included. */
export function systemCpuNs(): number {
  const line = readFileSync("/proc/stat", "utf8").split("\n", 1)[0] ?? "";
  const ticks = line.split(/\s+/).slice(1, 9).map(Number);
  return ticks.reduce((sum, value) => sum + value, 0) * (1e9 / clockTicksPerSecond);
}

export function openFileDescriptors(): number {
  return readdirSync("/proc/self/fd").length;
}

export function ipv4Forwarding(): boolean {
  return readOrEmpty("/proc/sys/net/ipv4/ip_forward").trim() === "1";
}

export async function runHostCommand(
  command: readonly string[],
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const child = Bun.spawn([...command], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { exitCode, stdout, stderr };
}

export interface MachineFacts {
  readonly kernelVersion: string;
  readonly operatingSystem: string;
  readonly osVersion: string;
  readonly cpus: number;
  readonly memory: number;
  readonly apparmor: boolean;
  readonly seccomp: boolean;
  readonly filesystem: string;
}

export async function machineFacts(dataRoot: string): Promise<MachineFacts> {
  const os = osRelease();
  return {
    kernelVersion: release(),
    operatingSystem: os.PRETTY_NAME ?? "Linux",
    osVersion: os.VERSION_ID ?? "",
    cpus: cpus().length,
    memory: totalmem(),
    apparmor: readOrEmpty("/sys/module/apparmor/parameters/enabled").startsWith("Y"),
    seccomp: readOrEmpty("/proc/self/status").includes("Seccomp:"),
    filesystem: await filesystemOf(dataRoot),
  };
}

function osRelease(): Record<string, string> {
  const entries = readOrEmpty("/etc/os-release")
    .split("\n")
    .map((line) => /^(\w+)="?(.*?)"?$/.exec(line))
    .filter((match) => match !== null)
    .map((match) => [match[1] ?? "", match[2] ?? ""]);
  return Object.fromEntries(entries);
}

/** Names of the file systems a data root is likely on, by statfs magic. */
const filesystems: Readonly<Record<number, string>> = {
  61267: "extfs",
  1481003842: "xfs",
  2435016766: "btrfs",
  16914836: "tmpfs",
  2035054128: "overlayfs",
  801189825: "zfs",
  4076150800: "f2fs",
};

async function filesystemOf(path: string): Promise<string> {
  const { type } = await statfs(path);
  return filesystems[type] ?? `0x${type.toString(16)}`;
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** What is online, as the kernel lists it: `0-3,8`. */
export function onlineList(kind: "cpu" | "node"): string {
  return readOrEmpty(`/sys/devices/system/${kind}/online`).trim();
}

export function kernelAtLeast(major: number, minor: number): boolean {
  const [have = 0, haveMinor = 0] = release().split(".").map(Number);
  return have > major || (have === major && haveMinor >= minor);
}
