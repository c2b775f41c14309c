import { readdirSync, realpathSync } from "node:fs";
import { basename, join } from "node:path";
import { readMounts } from "./mountinfo.ts";
import { listLinks } from "./netlink/links.ts";
import { NETLINK_ROUTE, NetlinkSocket } from "./netlink/socket.ts";
import { allPids, commandLine } from "./processes.ts";

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

/** Mount points below `directory`, at any depth. */
export function mountedBelow(directory: string): string[] {
  const prefix = `${realPath(directory)}/`;
  const points = readMounts()
    .map((mount) => mount.mountpoint)
    .filter((point) => point.startsWith(prefix));
  return [...new Set(points)].map((point) => join(directory, point.slice(prefix.length)));
}

/** Of some paths, the names right below `directory`. */
export function namesRightBelow(paths: readonly string[], directory: string): string[] {
  const prefix = `${directory}/`;
  return paths
    .filter((path) => path.startsWith(prefix))
    .map((path) => path.slice(prefix.length))
    .filter((name) => !name.includes("/"));
}

/** The kernel names mount points without symbolic links. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** Cgroups below `parent` named by container ids, in every hierarchy there is. */
export function containerCgroups(parent: string): string[] {
  // As the runtime takes the parent: it cannot lead out of the hierarchy.
  const parts = parent.split("/").filter((part) => part !== "" && part !== "." && part !== "..");
  const roots = [
    "/sys/fs/cgroup",
    ...directoriesIn("/sys/fs/cgroup").map((name) => join("/sys/fs/cgroup", name)),
  ];
  const names = roots.flatMap((root) => directoriesIn(join(root, ...parts)));
  return [...new Set(names.filter((name) => /^[0-9a-f]{64}$/.test(name)))];
}

/** The directories that shims on this machine work in, of this engine and of others. */
export function shimDirectories(): string[] {
  return allPids()
    .map(commandLine)
    .filter(([program = ""]) => basename(program).startsWith("hull-shim"))
    .map(([, directory = ""]) => directory)
    .filter((directory) => /\/containers\/[0-9a-f]{64}$/.test(directory));
}

/** Interfaces that are ports of a bridge. */
export function bridgePorts(bridge: string): string[] {
  return filesIn(`/sys/class/net/${bridge}/brif`);
}

/** Names of the interfaces with this mark, ends of containers' connections left out. */
export function markedLinks(group: number): string[] {
  using socket = new NetlinkSocket(NETLINK_ROUTE);
  return listLinks(socket)
    .filter((link) => link.group === group && link.kind !== "veth")
    .map((link) => link.name);
}
