import { lstatSync, readdirSync, realpathSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";

/** A device file of the host. */
export interface HostDevice {
  readonly path: string;
  readonly type: "c" | "b" | "p";
  readonly major: number;
  readonly minor: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** Linux's dev_t: major and minor are interleaved. */
export const majorOf = (rdev: number) =>
  Number(((BigInt(rdev) >> 8n) & 0xfffn) | ((BigInt(rdev) >> 32n) & 0xfffff000n));
export const minorOf = (rdev: number) =>
  Number((BigInt(rdev) & 0xffn) | ((BigInt(rdev) >> 12n) & 0xffffff00n));

function deviceFrom(path: string, stats: Stats): HostDevice | undefined {
  const type = stats.isCharacterDevice()
    ? "c"
    : stats.isBlockDevice()
      ? "b"
      : stats.isFIFO()
        ? "p"
        : undefined;
  if (!type) return undefined;
  return {
    path,
    type,
    major: majorOf(stats.rdev),
    minor: minorOf(stats.rdev),
    mode: stats.mode & 0o7777,
    uid: stats.uid,
    gid: stats.gid,
  };
}

/** The device at a path, or all below it when it is a directory. Undefined when it is neither. Throws ENOENT. */
export function devicesAt(path: string): readonly HostDevice[] | undefined {
  const real = realpathSync(path);
  const stats = statSync(real);
  if (stats.isDirectory()) return devicesBelow(real);
  const device = deviceFrom(real, stats);
  return device && device.type !== "p" ? [device] : undefined;
}

/** Never devices to hand on: file systems and links of their own under /dev. */
const skipped = new Set(["pts", "shm", "fd", "mqueue", ".lxc", ".lxd-mounts", ".udev"]);

export function devicesBelow(directory: string): readonly HostDevice[] {
  const found: HostDevice[] = [];
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) {
      if (!skipped.has(entry.name)) found.push(...devicesBelow(path));
      continue;
    }
    if (entry.name === "console" || entry.isSymbolicLink()) continue;
    const device = deviceFrom(path, lstatSync(path));
    if (device && device.type !== "p") found.push(device);
  }
  return found;
}

/** Major and minor of a block device, for limits by device. */
export function deviceNumber(path: string): { major: number; minor: number } {
  const { rdev } = statSync(path);
  return { major: majorOf(rdev), minor: minorOf(rdev) };
}
