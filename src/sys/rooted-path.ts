import { constants, fstatSync, type Stats } from "node:fs";
import { EngineError, isKind } from "../errors/engine-error.ts";
import { bindLibc, cString, errno, errnoName, kernelError } from "./libc.ts";
import { targetOf } from "./names.ts";

/**
 * Paths inside a directory that somebody else controls (a container's root, a layer being
 * unpacked). The attack is a symbolic link that leads the engine, which is root on the host,
 * out of that directory, perhaps swapped in between check and use. The defence is openat2(2)
 * with RESOLVE_IN_ROOT: the kernel itself resolves the whole path with the directory as `/`,
 * in one step, and absolute links and `..` stay inside. Everything afterwards goes through the
 * file descriptor, never through the path again.
 */
const libc = bindLibc({
  syscall: { args: ["i64", "i32", "ptr", "ptr", "u64"], returns: "i32" },
  open: { args: ["ptr", "i32", "u32"], returns: "i32" },
  close: { args: ["i32"], returns: "i32" },
  mkdirat: { args: ["i32", "ptr", "u32"], returns: "i32" },
});

/** The same number on every architecture: system calls since 5.1 share one table. */
const SYS_OPENAT2 = 437;
const RESOLVE_NO_MAGICLINKS = 0x02;
const RESOLVE_IN_ROOT = 0x10;

/** Open for naming only: no read permission needed, no device opened, no FIFO waited for. */
export const O_PATH = 0x200000;
export const O_CLOEXEC = 0x80000;
const { O_CREAT, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = constants;

/** A directory by path, or one that is open already. */
export type RootDirectory = string | number;

/** Opens a directory of our own to resolve below it; close it with `closeFd`. */
export function openRoot(directory: string): number {
  const fd = libc().open(cString(directory), O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
  if (fd < 0) throw kernelError(`open directory "${directory}"`, errno());
  return fd;
}

export function closeFd(fd: number): void {
  libc().close(fd);
}

/**
 * Opens `path` with `root` as its `/`: links and `..` cannot lead out. `flags` as open(2);
 * with O_NOFOLLOW a link in the last place is not followed (with O_PATH it is opened itself).
 * Returns a file descriptor, close-on-exec, which the caller closes.
 */
export function openInRoot(root: RootDirectory, path: string, flags: number, mode = 0): number {
  const result = tryOpenInRoot(root, path, flags, mode);
  if (result < 0) throw kernelError(`open "${path}"`, -result);
  return result;
}

const how = new BigUint64Array(3);

/** As `openInRoot`, but answers a failure with the negative errno: for callers that expect one. */
export function tryOpenInRoot(root: RootDirectory, path: string, flags: number, mode = 0): number {
  if (path.includes("\0")) return -22;
  const rootFd = typeof root === "number" ? root : openRoot(root);
  try {
    how[0] = BigInt(flags | O_CLOEXEC);
    how[1] = BigInt((flags & O_CREAT) !== 0 ? mode & 0o7777 : 0);
    how[2] = BigInt(RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
    const name = cString(path === "" ? "." : path);
    for (let attempt = 0; ; attempt++) {
      const fd = libc().syscall(SYS_OPENAT2, rootFd, name, how, 24);
      if (fd >= 0) return fd;
      const code = errno();
      // EAGAIN: something was renamed while `..` was resolved, the kernel could not be sure.
      if (errnoName(code) !== "EAGAIN" || attempt >= 32) return -code;
    }
  } finally {
    if (typeof root !== "number") closeFd(rootFd);
  }
}

/** Runs `use` with an opened descriptor and closes it afterwards. */
export function withFd<T>(fd: number, use: (fd: number) => T): T {
  try {
    return use(fd);
  } finally {
    closeFd(fd);
  }
}

/** lstat inside the root (`follow`: stat). Undefined when it is not there. */
export function statInRoot(
  root: RootDirectory,
  path: string,
  options: { follow: boolean },
): Stats | undefined {
  const fd = tryOpenInRoot(root, path, O_PATH | (options.follow ? 0 : O_NOFOLLOW));
  if (fd < 0) {
    if (["ENOENT", "ENOTDIR"].includes(errnoName(-fd))) return undefined;
    throw kernelError(`stat "${path}"`, -fd);
  }
  return withFd(fd, (open) => fstatSync(open));
}

/**
 * The path of an existing file after all links, as seen inside the root (`/usr/lib/x`).
 * For showing and for naming only: it is true at the moment of asking.
 */
export function realPathInRoot(root: RootDirectory, path: string): string {
  const rootPath = typeof root === "number" ? pathOfFd(root) : withFd(openRoot(root), pathOfFd);
  const found = withFd(openInRoot(root, path, O_PATH), pathOfFd);
  if (found === rootPath) return "/";
  const prefix = rootPath === "/" ? "/" : `${rootPath}/`;
  if (!found.startsWith(prefix)) throw new EngineError("internal", `"${path}" resolved outside of its root`);
  return `/${found.slice(prefix.length)}`;
}

/** A path through the descriptor table: names exactly this open file, whatever was renamed. */
export function fdPath(fd: number): string {
  return `/proc/self/fd/${fd}`;
}

/** Where the kernel says an open file is. */
export function pathOfFd(fd: number): string {
  return targetOf(fdPath(fd));
}

/** Makes a directory and the missing ones above it, following links inside the root. Returns it opened O_PATH. */
export function makeDirectoriesInRoot(root: RootDirectory, path: string, mode = 0o755): number {
  const ready = tryOpenInRoot(root, path, O_PATH | O_DIRECTORY);
  if (ready >= 0) return ready;
  if (errnoName(-ready) !== "ENOENT") throw kernelError(`make directory "${path}"`, -ready);
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  let parent = openInRoot(root, "/", O_PATH | O_DIRECTORY);
  for (let count = 1; count <= parts.length; count++) {
    const here = parts.slice(0, count).join("/");
    let next = tryOpenInRoot(root, here, O_PATH | O_DIRECTORY);
    if (next < 0 && errnoName(-next) === "ENOENT") {
      const made = libc().mkdirat(parent, cString(parts[count - 1] ?? ""), mode);
      const code = made < 0 ? errno() : 0;
      if (made < 0 && errnoName(code) !== "EEXIST") {
        closeFd(parent);
        throw kernelError(`make directory "${here}"`, code);
      }
      next = tryOpenInRoot(root, here, O_PATH | O_DIRECTORY);
    }
    closeFd(parent);
    if (next < 0) throw kernelError(`make directory "${here}"`, -next);
    parent = next;
  }
  return parent;
}

/** Opens a regular file for reading without ever blocking on a FIFO or opening a device. */
export function openFileInRoot(root: RootDirectory, path: string): number {
  const fd = openInRoot(root, path, constants.O_RDONLY | O_NONBLOCK);
  if (fstatSync(fd).isFile()) return fd;
  closeFd(fd);
  throw new EngineError("invalid_argument", `"${path}" is not a regular file`);
}

/** Whether a path exists inside the root, links followed. */
export function existsInRoot(root: RootDirectory, path: string): boolean {
  try {
    return statInRoot(root, path, { follow: true }) !== undefined;
  } catch (error) {
    if (isKind(error, "internal")) return false;
    throw error;
  }
}
