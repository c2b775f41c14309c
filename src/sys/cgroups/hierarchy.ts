import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

/** How this host arranges its cgroups. Hybrid hosts keep the controllers on v1, so they count as v1. */
export interface CgroupHierarchy {
  readonly version: 1 | 2;
  /** v1: also a v2 tree without controllers. */
  readonly hybrid: boolean;
  /** Mount point by controller; v2 has one for all, under the empty name. */
  readonly mounts: ReadonlyMap<string, string>;
}

let found: CgroupHierarchy | undefined;

export function cgroupHierarchy(): CgroupHierarchy {
  found ??= parseHierarchy(readFileSync("/proc/self/mountinfo", "utf8"));
  return found;
}

/** `cgroup` and `cgroup2` lines of mountinfo; a bind mount of a part of a tree is not a hierarchy. */
export function parseHierarchy(mountinfo: string): CgroupHierarchy {
  const mounts = new Map<string, string>();
  let unified: string | undefined;
  for (const line of mountinfo.split("\n")) {
    const [before = "", after = ""] = line.split(" - ", 2);
    const mountPoint = (before.split(" ")[4] ?? "").replace(/\\040/g, " ");
    const [type, , options = ""] = after.split(" ");
    if (!mountPoint.startsWith("/sys/fs/cgroup")) continue;
    if (type === "cgroup2") unified ??= mountPoint;
    if (type !== "cgroup") continue;
    for (const option of options.split(",")) {
      if (["rw", "ro", "xattr", "clone_children"].includes(option) || option.startsWith("release_agent="))
        continue;
      if (!mounts.has(option)) mounts.set(option, mountPoint);
    }
  }
  if (mounts.size === 0)
    return { version: 2, hybrid: false, mounts: new Map([["", unified ?? "/sys/fs/cgroup"]]) };
  if (unified) mounts.set("", unified);
  return { version: 1, hybrid: unified !== undefined, mounts };
}

/** Whether the v2 tree of a hybrid host can be taken from one process's sight: it lies in a mount of its own. */
export function unifiedCanBeHidden(): boolean {
  const { hybrid, mounts } = cgroupHierarchy();
  const parent = dirname(mounts.get("") ?? "/");
  return hybrid && statSync(parent).dev !== statSync(dirname(parent)).dev;
}

/** The directory of a cgroup for a controller; undefined when the host has no such controller. */
export function cgroupDirectory(controller: string, path: string): string | undefined {
  const { version, mounts } = cgroupHierarchy();
  const mount = mounts.get(version === 2 ? "" : controller);
  return mount === undefined ? undefined : join(mount, path);
}

/** All directories a cgroup has, one per hierarchy. */
export function cgroupDirectories(path: string): string[] {
  return [...new Set(cgroupHierarchy().mounts.values())].map((mount) => join(mount, path));
}

/** Whether a controller offers a file, seen at its root or (v2 roots lack most files) at any child. */
export function controllerHas(controller: string, file: string): boolean {
  const { version } = cgroupHierarchy();
  const root = cgroupDirectory(controller, "/");
  if (root === undefined) return false;
  if (version === 1) return existsSync(join(root, file));
  return readFileSync(join(root, "cgroup.controllers"), "utf8").split(/\s+/).includes(controller);
}
