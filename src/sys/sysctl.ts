import { accessSync, constants, readFileSync, writeFileSync } from "node:fs";

/** `net.ipv4.ip_forward` as a path; a name part with a dot of its own (an interface) is given as an array. */
export const sysctlPath = (name: string | readonly string[]): string =>
  `/proc/sys/${typeof name === "string" ? name.replaceAll(".", "/") : name.join("/")}`;

/** Undefined when this kernel has no such setting. */
export function readSysctl(name: string | readonly string[]): string | undefined {
  try {
    return readFileSync(sysctlPath(name), "utf8").trim();
  } catch {
    return undefined;
  }
}

/** False where /proc/sys is mounted read-only, as in most containers. */
export function canWriteSysctl(name: string | readonly string[]): boolean {
  try {
    accessSync(sysctlPath(name), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Writes a setting unless it has the value already; tells whether it was changed. */
export function writeSysctl(name: string | readonly string[], value: string): boolean {
  if (readSysctl(name) === value) return false;
  writeFileSync(sysctlPath(name), value);
  return true;
}

/** Whether this kernel has IPv6, it was not switched off, and any interface has an address. */
export function hasIpv6(): boolean {
  try {
    return readFileSync("/proc/net/if_inet6", "utf8") !== "";
  } catch {
    return false;
  }
}
