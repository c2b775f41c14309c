import { constants } from "node:fs";
import { EngineError } from "../errors/engine-error.ts";
import { bindLibc, checked, cString, errno, errnoName, kernelError } from "./libc.ts";

/**
 * File calls that node:fs does not have: relative to an open directory and never following
 * the last link (the only safe way below an untrusted root), device nodes, nanoseconds.
 */
const libc = bindLibc({
  openat: { args: ["i32", "ptr", "i32", "u32"], returns: "i32" },
  mkdirat: { args: ["i32", "ptr", "u32"], returns: "i32" },
  mknodat: { args: ["i32", "ptr", "u32", "u64"], returns: "i32" },
  symlinkat: { args: ["ptr", "i32", "ptr"], returns: "i32" },
  linkat: { args: ["i32", "ptr", "i32", "ptr", "i32"], returns: "i32" },
  unlinkat: { args: ["i32", "ptr", "i32"], returns: "i32" },
  fchownat: { args: ["i32", "ptr", "u32", "u32", "i32"], returns: "i32" },
  fchmodat: { args: ["i32", "ptr", "u32", "i32"], returns: "i32" },
  utimensat: { args: ["i32", "ptr", "ptr", "i32"], returns: "i32" },
  futimens: { args: ["i32", "ptr"], returns: "i32" },
  fchmod: { args: ["i32", "u32"], returns: "i32" },
  fchown: { args: ["i32", "u32", "u32"], returns: "i32" },
  syncfs: { args: ["i32"], returns: "i32" },
});

const AT_SYMLINK_NOFOLLOW = 0x100;
const AT_REMOVEDIR = 0x200;
const O_CLOEXEC = 0x80000;
const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;

export type NodeKind = "char" | "block" | "fifo" | "socket";
const nodeBits = { char: 0o020000, block: 0o060000, fifo: 0o010000, socket: 0o140000 } as const;

/** The errno name behind an error of this room (`EEXIST`), or of node:fs. */
export function errnoCodeOf(error: unknown): string | undefined {
  const source = error instanceof EngineError ? error.cause : error;
  if (typeof source !== "object" || source === null || !("code" in source)) return undefined;
  return typeof source.code === "string" ? source.code : undefined;
}

/** glibc's makedev. */
export function deviceNumber(major: number, minor: number): bigint {
  const [a, b] = [BigInt(major), BigInt(minor)];
  return ((a & 0xfffff000n) << 32n) | ((a & 0xfffn) << 8n) | ((b & 0xffffff00n) << 12n) | (b & 0xffn);
}

export function majorOf(device: number): number {
  const wide = BigInt(device);
  return Number(((wide >> 32n) & 0xfffff000n) | ((wide >> 8n) & 0xfffn));
}

export function minorOf(device: number): number {
  const wide = BigInt(device);
  return Number(((wide >> 12n) & 0xffffff00n) | (wide & 0xffn));
}

/** Makes a new regular file, open for writing; fails with EEXIST for anything there, links too. */
export function createFileAt(dir: number, name: string, mode: number): number {
  const flags = O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC;
  const fd = libc().openat(dir, cString(name), flags, mode);
  if (fd < 0) throw kernelError(`create "${name}"`, errno());
  return fd;
}

export function makeDirectoryAt(dir: number, name: string, mode: number): void {
  if (libc().mkdirat(dir, cString(name), mode) < 0) throw kernelError(`make directory "${name}"`, errno());
}

export function makeNodeAt(
  dir: number,
  name: string,
  kind: NodeKind,
  mode: number,
  major: number,
  minor: number,
): void {
  const device = deviceNumber(major, minor);
  if (libc().mknodat(dir, cString(name), nodeBits[kind] | mode, device) < 0)
    throw kernelError(`make device "${name}"`, errno());
}

export function symlinkAt(target: string, dir: number, name: string): void {
  if (libc().symlinkat(cString(target), dir, cString(name)) < 0)
    throw kernelError(`make link "${name}"`, errno());
}

/** A hard link to what `fromName` is itself, a symbolic link too. */
export function linkAt(fromDir: number, fromName: string, dir: number, name: string): void {
  if (libc().linkat(fromDir, cString(fromName), dir, cString(name), 0) < 0)
    throw kernelError(`link "${name}" to "${fromName}"`, errno());
}

export function unlinkAt(dir: number, name: string): void {
  checked(`remove "${name}"`, libc().unlinkat(dir, cString(name), 0));
}

/** Whether there was something to remove: most names are free, and an error for each would cost more than the call. */
export function tryUnlinkAt(dir: number, name: string): boolean {
  if (libc().unlinkat(dir, cString(name), 0) >= 0) return true;
  const code = errno();
  if (errnoName(code) === "ENOENT") return false;
  throw kernelError(`remove "${name}"`, code);
}

export function removeDirectoryAt(dir: number, name: string): void {
  checked(`remove directory "${name}"`, libc().unlinkat(dir, cString(name), AT_REMOVEDIR));
}

export function changeOwnerAt(dir: number, name: string, uid: number, gid: number): void {
  if (libc().fchownat(dir, cString(name), uid, gid, AT_SYMLINK_NOFOLLOW) < 0)
    throw kernelError(`change owner of "${name}"`, errno());
}

/** Changes the mode of what is not a link: the caller made it or knows it. */
export function changeModeAt(dir: number, name: string, mode: number): void {
  if (libc().fchmodat(dir, cString(name), mode, 0) < 0)
    throw kernelError(`change mode of "${name}"`, errno());
}

export function changeMode(fd: number, mode: number): void {
  if (libc().fchmod(fd, mode) < 0) throw kernelError("change mode", errno());
}

export function changeOwner(fd: number, uid: number, gid: number): void {
  if (libc().fchown(fd, uid, gid) < 0) throw kernelError("change owner", errno());
}

/** A time as the kernel has it; seconds may be negative, nanoseconds are 0 to 999999999. */
export interface FileTime {
  readonly seconds: number;
  readonly nanoseconds: number;
}

const times = new BigInt64Array(4);

function setTimes(modified: FileTime, accessed: FileTime): BigInt64Array {
  times[0] = BigInt(accessed.seconds);
  times[1] = BigInt(accessed.nanoseconds);
  times[2] = BigInt(modified.seconds);
  times[3] = BigInt(modified.nanoseconds);
  return times;
}

export function changeTimes(fd: number, modified: FileTime, accessed = modified): void {
  if (libc().futimens(fd, setTimes(modified, accessed)) < 0) throw kernelError("change times", errno());
}

export function changeTimesAt(dir: number, name: string, modified: FileTime, accessed = modified): void {
  const buffer = setTimes(modified, accessed);
  if (libc().utimensat(dir, cString(name), buffer, AT_SYMLINK_NOFOLLOW) < 0)
    throw kernelError(`change times of "${name}"`, errno());
}
