import { EngineError } from "../errors/engine-error.ts";
import { bindLibc, checked, cString, errno, errnoName, kernelError } from "./libc.ts";
import { closeFd, fdPath, openRoot } from "./rooted-path.ts";

/** mount(2) copies one page of options, the last byte for the NUL. */
export const maxOptionBytes = 4096;

/**
 * Writes the options with paths through a descriptor of the directory that all layers share
 * and hands them to `use` if they fit then; false if not.
 */
export function shorterOptions(data: readonly string[], use: (options: string) => void): boolean {
  const base = commonDirectory(data);
  if (base === "/") return false;
  const fd = openRoot(base);
  try {
    const short = data.join(",").replaceAll(`${base}/`, `${fdPath(fd)}/`);
    if (short.length >= maxOptionBytes) return false;
    use(short);
    return true;
  } finally {
    closeFd(fd);
  }
}

function commonDirectory(data: readonly string[]): string {
  const paths = data
    .filter((option) => /^(lowerdir|upperdir|workdir)=/.test(option))
    .flatMap((option) => option.slice(option.indexOf("=") + 1).split(":"))
    .map((path) => path.split("/").slice(0, -1));
  const first = paths[0] ?? [];
  let length = first.length;
  for (const parts of paths) {
    let same = 0;
    while (same < length && parts[same] === first[same]) same++;
    length = same;
  }
  return first.slice(0, length).join("/") || "/";
}

const SYS_MOVE_MOUNT = 429;
const SYS_FSOPEN = 430;
const SYS_FSCONFIG = 431;
const SYS_FSMOUNT = 432;
const FSCONFIG_SET_FLAG = 0;
const FSCONFIG_SET_STRING = 1;
const FSCONFIG_CMD_CREATE = 6;
const MOVE_MOUNT_F_EMPTY_PATH = 4;
const MOUNT_ATTR_RDONLY = 1;
const CLOEXEC = 1;
const AT_FDCWD = -100;

/** syscall(2) with the pointers where each of the calls has them. */
const libc = bindLibc({
  syscall: { args: ["i64", "i64", "i64", "ptr", "ptr", "i64"], returns: "i32" },
});
const pointerFirst = bindLibc({ syscall: { args: ["i64", "ptr", "i64"], returns: "i32" } });
const pointerSecond = bindLibc({
  syscall: { args: ["i64", "i64", "ptr", "i64", "ptr", "i64"], returns: "i32" },
});
const noPointers = bindLibc({ syscall: { args: ["i64", "i64", "i64", "i64"], returns: "i32" } });

function fsOpen(type: string): number {
  return pointerFirst().syscall(SYS_FSOPEN, cString(type), CLOEXEC);
}

function fsMount(context: number, attributes: number): number {
  return noPointers().syscall(SYS_FSMOUNT, context, CLOEXEC, attributes);
}

function moveMount(fd: number, target: string): number {
  const [empty, to] = [cString(""), cString(target)];
  return pointerSecond().syscall(SYS_MOVE_MOUNT, fd, empty, AT_FDCWD, to, MOVE_MOUNT_F_EMPTY_PATH);
}

export interface OverlayMount {
  readonly source: string;
  readonly target: string;
  readonly options: readonly string[];
  readonly readOnly: boolean;
  readonly action: string;
}

export function mountByConfig({ source, target, options, readOnly, action }: OverlayMount): void {
  const { syscall } = libc();
  const tooLong = `${action}: too many layers for this kernel`;
  const context = checked(action, fsOpen("overlay"));
  let mounted = -1;
  try {
    const set = (key: string, value: string) => {
      if (syscall(SYS_FSCONFIG, context, FSCONFIG_SET_STRING, cString(key), cString(value), 0) >= 0) return;
      const code = errno();
      if (key === "lowerdir+" && errnoName(code) === "EINVAL")
        throw new EngineError("not_implemented", tooLong);
      throw kernelError(`${action}: option ${key}`, code);
    };
    set("source", source);
    for (const option of options) {
      const [key = "", value] = splitOption(option);
      if (key === "lowerdir") for (const lower of (value ?? "").split(":")) set("lowerdir+", lower);
      else if (value !== undefined) set(key, value);
      else checked(action, syscall(SYS_FSCONFIG, context, FSCONFIG_SET_FLAG, cString(key), null, 0));
    }
    checked(action, syscall(SYS_FSCONFIG, context, FSCONFIG_CMD_CREATE, null, null, 0));
    mounted = checked(action, fsMount(context, readOnly ? MOUNT_ATTR_RDONLY : 0));
    checked(action, moveMount(mounted, target));
  } finally {
    if (mounted >= 0) closeFd(mounted);
    closeFd(context);
  }
}

function splitOption(option: string): [string, string | undefined] {
  const at = option.indexOf("=");
  return at < 0 ? [option, undefined] : [option.slice(0, at), option.slice(at + 1)];
}
