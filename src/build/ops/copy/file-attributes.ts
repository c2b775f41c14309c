import type { BigIntStats } from "node:fs";
import { isOverlayAttribute } from "../../../snapshots/whiteout.ts";
import { errnoCodeOf, type FileTime } from "../../../sys/files.ts";
import { getXattr, listXattrs, setXattr } from "../../../sys/xattr.ts";

const billion = 1_000_000_000n;

/** Exact to the nanosecond. */
export function timeOf({ mtimeNs }: BigIntStats): FileTime {
  const nanoseconds = ((mtimeNs % billion) + billion) % billion;
  return { seconds: Number((mtimeNs - nanoseconds) / billion), nanoseconds: Number(nanoseconds) };
}

/** Those a file system does not take are left out, as Docker does; overlayfs's own say nothing of a file. */
export function copyXattrs(from: string, to: string): void {
  for (const name of listXattrs(from)) {
    if (isOverlayAttribute(name) || name === "security.selinux") continue;
    const value = getXattr(from, name);
    if (!value) continue;
    try {
      setXattr(to, name, value);
    } catch (error) {
      const code = errnoCodeOf(error);
      if (code !== "EOPNOTSUPP" && code !== "ENOTSUP" && code !== "EPERM") throw error;
    }
  }
}
