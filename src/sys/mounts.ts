import { bindLibc, cString, errno, errnoName, kernelError } from "./libc.ts";
import { maxOptionBytes, mountByConfig, shorterOptions } from "./overlay-mount.ts";

const libc = bindLibc({
  mount: { args: ["ptr", "ptr", "ptr", "u64", "ptr"], returns: "i32" },
  umount2: { args: ["ptr", "i32"], returns: "i32" },
});

/** What to mount: the shape of `Mount` in the snapshots room, and of any fstab line. */
export interface MountRequest {
  readonly type: string;
  readonly source: string;
  readonly options: readonly string[];
}

/** Options that are bits of mount(2); everything else goes to the file system as text. */
const flagOptions: Readonly<Record<string, { set?: number; clear?: number }>> = {
  ro: { set: 0x1 },
  rw: { clear: 0x1 },
  nosuid: { set: 0x2 },
  suid: { clear: 0x2 },
  nodev: { set: 0x4 },
  dev: { clear: 0x4 },
  noexec: { set: 0x8 },
  exec: { clear: 0x8 },
  sync: { set: 0x10 },
  async: { clear: 0x10 },
  remount: { set: 0x20 },
  mand: { set: 0x40 },
  nomand: { clear: 0x40 },
  dirsync: { set: 0x80 },
  noatime: { set: 0x400 },
  atime: { clear: 0x400 },
  nodiratime: { set: 0x800 },
  diratime: { clear: 0x800 },
  bind: { set: 0x1000 },
  rbind: { set: 0x5000 },
  relatime: { set: 0x200000 },
  norelatime: { clear: 0x200000 },
  strictatime: { set: 0x1000000 },
  nostrictatime: { clear: 0x1000000 },
  lazytime: { set: 0x2000000 },
  nolazytime: { clear: 0x2000000 },
  defaults: {},
};

/** Propagation is a call of its own: the kernel takes it together with nothing else. */
const propagationOptions: Readonly<Record<string, number>> = {
  unbindable: 0x20000,
  runbindable: 0x24000,
  private: 0x40000,
  rprivate: 0x44000,
  slave: 0x80000,
  rslave: 0x84000,
  shared: 0x100000,
  rshared: 0x104000,
};

const MS_REMOUNT_BIND = 0x1020;
const MS_BIND = 0x1000;
const MS_REC = 0x4000;

export interface MountPlan {
  readonly flags: number;
  readonly data: readonly string[];
  readonly propagation: readonly number[];
}

/** Sorts options into the arguments of mount(2). */
export function planMount(options: readonly string[]): MountPlan {
  let flags = 0;
  const data: string[] = [];
  const propagation: number[] = [];
  for (const option of options) {
    const flag = flagOptions[option];
    const spread = propagationOptions[option];
    if (flag) flags = (flags | (flag.set ?? 0)) & ~(flag.clear ?? 0);
    else if (spread !== undefined) propagation.push(spread);
    else if (option !== "") data.push(option);
  }
  return { flags, data, propagation };
}

/** Mounts one request at `target`. */
export function mount(request: MountRequest, target: string): void {
  const plan = planMount(request.options);
  const action = `mount ${request.type} "${request.source}" on "${target}"`;
  if (request.type === "bind" && (plan.flags & MS_BIND) === 0) {
    mountBind({ ...plan, flags: plan.flags | MS_BIND }, request.source, target, action);
  } else if ((plan.flags & MS_BIND) !== 0) {
    mountBind(plan, request.source, target, action);
  } else if (request.type === "overlay" && plan.data.join(",").length >= maxOptionBytes) {
    mountLongOverlay(request.source, target, plan, action);
  } else {
    call(action, request.source, target, request.type, plan.flags, plan.data.join(","));
  }
  for (const flags of plan.propagation) call(`${action}: set propagation`, "none", target, "", flags, "");
}

/** A bind mount ignores all other flags; they take a remount of what was bound. */
function mountBind(plan: MountPlan, source: string, target: string, action: string): void {
  call(action, source, target, "", plan.flags & (MS_BIND | MS_REC), "");
  const rest = plan.flags & ~(MS_BIND | MS_REC);
  if (rest === 0) return;
  try {
    call(action, "none", target, "", MS_REMOUNT_BIND | rest, "");
  } catch (error) {
    unmount(target, { lazy: true });
    throw error;
  }
}

function call(
  action: string,
  source: string,
  target: string,
  type: string,
  flags: number,
  data: string,
): void {
  const result = libc().mount(cString(source), cString(target), cString(type), flags, cString(data));
  if (result < 0) throw kernelError(action, errno());
}

/**
 * An overlay of many layers has more option text than the page mount(2) copies. First with
 * shorter paths through one descriptor of the directory that all of them share; if that is
 * still too long, through the mount API of Linux 6.5 that takes lower layers one by one.
 */
function mountLongOverlay(source: string, target: string, plan: MountPlan, action: string): void {
  const short = shorterOptions(plan.data, (data) =>
    call(action, source, target, "overlay", plan.flags, data),
  );
  if (!short) mountByConfig({ source, target, options: plan.data, readOnly: (plan.flags & 1) !== 0, action });
}

/** Mounts a snapshot at a directory that exists; on failure nothing stays mounted. */
export function mountAll(mounts: readonly MountRequest[], target: string): void {
  let done = 0;
  try {
    for (const request of mounts) {
      mount(request, target);
      done++;
    }
  } catch (error) {
    for (; done > 0; done--) unmount(target, { lazy: true });
    throw error;
  }
}

/**
 * Unmounts what is on top at `target`; false when nothing is mounted there. `lazy` takes it
 * out of the tree at once even if it is in use.
 */
export function unmount(target: string, options: { lazy?: boolean } = {}): boolean {
  const result = libc().umount2(cString(target), 0x8 | (options.lazy ? 0x2 : 0));
  if (result === 0) return true;
  const code = errno();
  if (errnoName(code) === "EINVAL" || errnoName(code) === "ENOENT") return false;
  throw kernelError(`unmount "${target}"`, code);
}
