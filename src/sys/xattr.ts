import { bindLibc, checked, cString, errno, errnoName, kernelError } from "./libc.ts";
import { fdPath } from "./rooted-path.ts";

/**
 * Extended attributes, never through a link in the last place. Names are `namespace.name`
 * (`security.capability`, `trusted.overlay.opaque`), values bytes.
 */
const libc = bindLibc({
  lgetxattr: { args: ["ptr", "ptr", "ptr", "u64"], returns: "i32" },
  lsetxattr: { args: ["ptr", "ptr", "ptr", "u64", "i32"], returns: "i32" },
  fsetxattr: { args: ["i32", "ptr", "ptr", "u64", "i32"], returns: "i32" },
  fgetxattr: { args: ["i32", "ptr", "ptr", "u64"], returns: "i32" },
  flistxattr: { args: ["i32", "ptr", "u64"], returns: "i32" },
  llistxattr: { args: ["ptr", "ptr", "u64"], returns: "i32" },
  lremovexattr: { args: ["ptr", "ptr"], returns: "i32" },
});

const unsupported = new Set(["EOPNOTSUPP", "ENOTSUP"]);
// The kernel's limit for a value and for a list of names.
const buffer = new Uint8Array(65536);

export function listXattrs(path: string): string[] {
  return namesFrom(libc().llistxattr(cString(path), buffer, buffer.length), path);
}

function namesFrom(length: number, what: string): string[] {
  if (length < 0) {
    const code = errno();
    if (unsupported.has(errnoName(code))) return [];
    throw kernelError(`list extended attributes of "${what}"`, code);
  }
  if (length === 0) return [];
  return Buffer.from(buffer.subarray(0, length - 1))
    .toString("utf8")
    .split("\0");
}

export function getXattr(path: string, name: string): Uint8Array | undefined {
  return valueFrom(libc().lgetxattr(cString(path), cString(name), buffer, buffer.length), name);
}

export function getXattrOfFd(fd: number, name: string): Uint8Array | undefined {
  return valueFrom(libc().fgetxattr(fd, cString(name), buffer, buffer.length), name);
}

function valueFrom(length: number, name: string): Uint8Array | undefined {
  if (length >= 0) return buffer.slice(0, length);
  const code = errno();
  const errnoText = errnoName(code);
  if (errnoText === "ENODATA" || unsupported.has(errnoText)) return undefined;
  throw kernelError(`read extended attribute "${name}"`, code);
}

export function setXattr(path: string, name: string, value: Uint8Array): void {
  const bytes = value.length === 0 ? new Uint8Array(1) : value;
  checked(
    `set extended attribute "${name}" of "${path}"`,
    libc().lsetxattr(cString(path), cString(name), bytes, value.length, 0),
  );
}

export function setXattrOfFd(fd: number, name: string, value: Uint8Array): void {
  const bytes = value.length === 0 ? new Uint8Array(1) : value;
  checked(`set extended attribute "${name}"`, libc().fsetxattr(fd, cString(name), bytes, value.length, 0));
}

/** The path of an entry of an open directory, for the calls here: nothing above it can be swapped. */
export function entryPath(dir: number, name: string): string {
  return `${fdPath(dir)}/${name}`;
}
