import type { BigIntStats } from "node:fs";
import type { TarEntry, TarTime, TarType } from "../../lib/tar/entry.ts";
import { isOverlayAttribute } from "../../snapshots/whiteout.ts";
import { errnoCodeOf, majorOf, minorOf } from "../../sys/files.ts";
import { exactLstatOf, targetOf } from "../../sys/names.ts";
import { entryPath, getXattr, listXattrs } from "../../sys/xattr.ts";

/** Labels of this machine's own security modules: they mean nothing elsewhere. */
const localAttributes = new Set(["security.selinux", "security.ima", "security.evm", "security.apparmor"]);

export interface FoundFile {
  readonly entry: TarEntry;
  readonly stats: BigIntStats;
}

/**
 * What tar says about an entry of an open directory, under the given archive path. Undefined
 * for sockets, which tar does not know, and for what has just vanished.
 */
export function readEntry(dir: number, name: string, path: string): FoundFile | undefined {
  const from = entryPath(dir, name);
  try {
    const stats = exactLstatOf(from);
    const type = typeOf(stats);
    if (!type) return undefined;
    const xattrs = readXattrs(from);
    const device = type === "char" || type === "block";
    const entry: TarEntry = {
      path,
      type,
      mode: Number(stats.mode & 0o7777n),
      uid: Number(stats.uid),
      gid: Number(stats.gid),
      size: type === "file" ? Number(stats.size) : 0,
      modified: timeOf(stats.mtimeNs),
      ...(type === "symlink" && { linkTarget: targetOf(from) }),
      ...(device && {
        deviceMajor: majorOf(Number(stats.rdev)),
        deviceMinor: minorOf(Number(stats.rdev)),
      }),
      ...(xattrs && { xattrs }),
    };
    return { entry, stats };
  } catch (error) {
    if (errnoCodeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function typeOf(stats: BigIntStats): TarType | undefined {
  if (stats.isFile()) return "file";
  if (stats.isDirectory()) return "directory";
  if (stats.isSymbolicLink()) return "symlink";
  if (stats.isCharacterDevice()) return "char";
  if (stats.isBlockDevice()) return "block";
  return stats.isFIFO() ? "fifo" : undefined;
}

const billion = 1_000_000_000n;

function timeOf(nanoseconds: bigint): TarTime {
  const rest = ((nanoseconds % billion) + billion) % billion;
  return { seconds: Number((nanoseconds - rest) / billion), nanoseconds: Number(rest) };
}

function readXattrs(path: string): Map<string, Uint8Array> | undefined {
  let xattrs: Map<string, Uint8Array> | undefined;
  for (const name of listXattrs(path)) {
    if (isOverlayAttribute(name) || localAttributes.has(name)) continue;
    const value = getXattr(path, name);
    if (!value) continue;
    xattrs ??= new Map();
    xattrs.set(name, value);
  }
  return xattrs;
}
