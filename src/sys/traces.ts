import { readdirSync } from "node:fs";
import { join } from "node:path";
import { readMounts } from "./mountinfo.ts";

/** Looks at what an engine has on this machine without asking it, for consistency checks. */

export function directoriesIn(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    return [];
  }
}

export function filesIn(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** Names right below `directory` on which something is mounted. */
export function mountedBelow(directory: string): string[] {
  const prefix = `${directory}/`;
  const names = readMounts()
    .map((mount) => mount.mountpoint)
    .filter((target) => target.startsWith(prefix))
    .map((target) => target.slice(prefix.length))
    .filter((name) => !name.includes("/"));
  return [...new Set(names)];
}

/** Cgroups below `parent` named by container ids, in every hierarchy there is. */
export function containerCgroups(parent: string): string[] {
  const roots = [
    "/sys/fs/cgroup",
    ...directoriesIn("/sys/fs/cgroup").map((name) => join("/sys/fs/cgroup", name)),
  ];
  const names = roots.flatMap((root) => directoriesIn(join(root, parent)));
  return [...new Set(names.filter((name) => /^[0-9a-f]{64}$/.test(name)))];
}

/** Interfaces that are ports of a bridge. */
export function bridgePorts(bridge: string): string[] {
  return filesIn(`/sys/class/net/${bridge}/brif`);
}
