import { closeSync, fstatSync, readSync } from "node:fs";
import { bindLibc, checked, cString } from "./libc.ts";

const libc = bindLibc({
  syscall: { args: ["i64", "i32", "ptr", "ptr", "u64"], returns: "i64" },
  open: { args: ["ptr", "i32", "i32"], returns: "i32" },
});

/** The same number on every architecture. */
const openat2 = 437;
const openPath = 0o10000000;
const openDirectory = 0o200000;
const closeOnExec = 0o2000000;
const nonBlocking = 0o4000;
/** `struct open_how`'s resolve flags: links are followed inside the root, magic links not at all. */
const resolveNoMagicLinks = 0x02;
const resolveInRoot = 0x10;

/**
 * Opens a file as a process rooted at `root` would, for reading. A container's root
 * is hostile: its links may point anywhere, and no path of it may be opened from outside
 * by name. The caller closes the descriptor. Throws `not_found` and its like.
 */
export function openInRoot(root: string, path: string): number {
  const directory = checked(
    `open root ${JSON.stringify(root)}`,
    libc().open(cString(root), openPath | openDirectory | closeOnExec, 0),
  );
  try {
    const how = new BigUint64Array([
      BigInt(closeOnExec | nonBlocking),
      0n,
      BigInt(resolveInRoot | resolveNoMagicLinks),
    ]);
    const result = libc().syscall(openat2, directory, cString(path), how, BigInt(how.byteLength));
    return checked(`open ${JSON.stringify(path)}`, Number(result));
  } finally {
    closeSync(directory);
  }
}

/** The first bytes of a regular file in a root; undefined when it is missing or no regular file. */
export function readInRoot(root: string, path: string, limit = 8 * 1024 * 1024): Buffer | undefined {
  let fd: number;
  try {
    fd = openInRoot(root, path);
  } catch {
    return undefined;
  }
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) return undefined;
    const bytes = Buffer.alloc(Math.min(limit, stats.size));
    return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(fd);
  }
}
