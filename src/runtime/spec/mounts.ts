import type { SpecMount } from "../../oci/runtime-spec.ts";
import type { NamespaceChoice, RuntimeMount } from "../runtime.ts";

export interface MountWishes {
  readonly own: readonly RuntimeMount[];
  readonly ipc: NamespaceChoice;
  /** HostConfig.IpcMode: `none` has no /dev/shm. */
  readonly ipcMode: string;
  readonly shmSize: number;
  readonly privileged: boolean;
  readonly writableCgroups: boolean;
  readonly readonlyRootfs: boolean;
  /** Host path of the init program, when it goes in front. */
  readonly initPath?: string;
}

export const initDestination = "/sbin/docker-init";
const defaultShmSize = 64 * 1024 * 1024;

/** Every mount of the container: the kernel's own file systems first, then what the user asked for. */
// trail: run -v
export function planMounts(wishes: MountWishes): readonly SpecMount[] {
  const destinations = new Set(wishes.own.map((mount) => mount.destination));
  const ownDev = destinations.has("/dev");
  const standard = standardMounts(wishes)
    .filter(({ destination }) => !destinations.has(destination))
    .filter(({ destination }) => !(ownDev && destination.startsWith("/dev/")))
    .map((mount) => (wishes.readonlyRootfs ? readOnlyWithRoot(mount) : mount));
  const init: SpecMount[] = wishes.initPath
    ? [{ destination: initDestination, type: "bind", source: wishes.initPath, options: ["bind", "ro"] }]
    : [];
  return [...standard, ...wishes.own, ...init];
}

function standardMounts(wishes: MountWishes): SpecMount[] {
  const access = (writable: boolean) => (writable ? [] : ["ro"]);
  const safe = ["nosuid", "noexec", "nodev"];
  return [
    { destination: "/proc", type: "proc", source: "proc", options: safe },
    {
      destination: "/dev",
      type: "tmpfs",
      source: "tmpfs",
      options: ["nosuid", "strictatime", "mode=755", "size=65536k"],
    },
    {
      destination: "/dev/pts",
      type: "devpts",
      source: "devpts",
      options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"],
    },
    { destination: "/sys", type: "sysfs", source: "sysfs", options: [...safe, ...access(wishes.privileged)] },
    {
      destination: "/sys/fs/cgroup",
      type: "cgroup",
      source: "cgroup",
      options: [...access(wishes.privileged || wishes.writableCgroups), ...safe],
    },
    { destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: safe },
    ...sharedMemory(wishes),
  ];
}

/**
 * Who joins another container's IPC namespace gets its /dev/shm as one of the own mounts: it
 * has to be a mount of the host, as none can be handed from one mount namespace to another.
 */
function sharedMemory(wishes: MountWishes): SpecMount[] {
  if (wishes.ipc.kind === "host") {
    return [{ destination: "/dev/shm", type: "bind", source: "/dev/shm", options: ["rbind", "rprivate"] }];
  }
  if (wishes.ipcMode === "none") return [];
  const size = wishes.shmSize > 0 ? wishes.shmSize : defaultShmSize;
  const options = ["nosuid", "noexec", "nodev", "mode=1777", `size=${size}`];
  return [{ destination: "/dev/shm", type: "tmpfs", source: "shm", options }];
}

const writableUnderReadonlyRoot = new Set(["/proc", "/dev/pts", "/dev/shm", "/dev/mqueue", "/dev"]);

function readOnlyWithRoot(mount: SpecMount): SpecMount {
  if (writableUnderReadonlyRoot.has(mount.destination) || mount.options.includes("ro")) return mount;
  return { ...mount, options: [...mount.options, "ro"] };
}

/** The root's propagation: as open as the most open mount in it needs. */
export function rootfsPropagation(mounts: readonly RuntimeMount[]): string | undefined {
  const has = (...words: string[]) =>
    mounts.some(({ options }) => words.some((word) => options.includes(word)));
  if (has("shared", "rshared")) return "shared";
  return has("slave", "rslave") ? "rslave" : undefined;
}
