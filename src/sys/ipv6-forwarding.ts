import { readdirSync } from "node:fs";
import { readSysctl, writeSysctl } from "./sysctl.ts";

const setting = (link: string, name: string) => ["net", "ipv6", "conf", link, name];

/**
 * Makes this host route IPv6; tells whether it did not before. A router ignores the
 * announcements of others unless told otherwise (2), so interfaces that lived on them are told,
 * else the host would lose its own address.
 */
export function enableIpv6Forwarding(): boolean {
  if (readSysctl(setting("all", "forwarding")) !== "0") return false;
  for (const link of ["default", ...interfaces()]) {
    if (readSysctl(setting(link, "accept_ra")) === "1") writeSysctl(setting(link, "accept_ra"), "2");
  }
  return writeSysctl(setting("all", "forwarding"), "1");
}

function interfaces(): string[] {
  try {
    return readdirSync("/proc/sys/net/ipv6/conf").filter((name) => name !== "all" && name !== "default");
  } catch {
    return [];
  }
}
